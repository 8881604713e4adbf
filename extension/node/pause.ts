/** Waits, or rejects with the signal's reason. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason)
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, ms)
    signal?.addEventListener('abort', abort, { once: true })
  })
}

/** The outcome, or a rejection when it takes too long or the signal comes first; the work itself goes on unheard. */
export async function within<T>(work: Promise<T>, timeoutMs: number, signal: AbortSignal): Promise<T> {
  const either = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
  const { promise, reject } = Promise.withResolvers<never>()
  either.addEventListener('abort', () => reject(either.reason), { once: true })
  if (either.aborted) reject(either.reason)
  return Promise.race([work, promise])
}

/** Doubles with every failure in a row, up to a bound, and a little by chance, so that clients do not come in step. */
export function backOffMs(failures: number, firstMs: number, maxMs: number): number {
  return Math.min(firstMs * 2 ** (failures - 1), maxMs) * (0.75 + Math.random() / 4)
}
