// What both hospitals' pages need in the browser: talk to their own server, and say what went wrong.

export interface Failure {
  reason: string | undefined
  message: string
}

/** One call to the page's own server; rejects with an Error that carries `reason` where there is one. */
export async function call<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown): Promise<T> {
  const response = await fetch(path, {
    method,
    ...(body === undefined
      ? {}
      : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const answer = await response.json()
  if (response.ok) return answer
  throw Object.assign(new Error(answer.message ?? 'The server did not answer.'), {
    reason: answer.reason,
  })
}

export function failureOf(error: unknown): Failure {
  const { message, reason } = error as { message?: string; reason?: string }
  return { reason, message: message ?? 'That did not work. Please try again.' }
}

/** `2026-11-02` or Unix seconds as a reader's date. */
export function dayOf(value: string | number): string {
  const date =
    typeof value === 'number' ? new Date(value * 1_000) : new Date(`${value.slice(0, 10)}T12:00:00Z`)
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'long' }).format(date)
}

export const timeOf = (unixSeconds: number): string =>
  new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(unixSeconds * 1_000),
  )

export const sizeOf = (bytes: number): string =>
  bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1_000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
