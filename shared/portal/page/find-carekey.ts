import { type Carekey, carekeyOf, type Provider } from './carekey.ts'
import { CarekeyPageError } from './page-error.ts'

// The values of protocol/provider.ts, written again: importing them would bring the schemas into every hospital's page.
export const requestEvent = 'carekey:requestProvider'
export const announceEvent = 'carekey:announceProvider'
const defaultTimeoutMs = 3_000

/**
 * Finds the patient's Carekey in this page (as EIP-6963 does: by events, no global).
 * Rejects with `wallet-missing` when none has announced itself within `timeoutMs`: the extension is not installed, or
 * the patient has not yet invited it to this site.
 */
export function findCarekey(options: { timeoutMs?: number; signal?: AbortSignal } = {}): Promise<Carekey> {
  const { timeoutMs = defaultTimeoutMs, signal } = options
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer)
      window.removeEventListener(announceEvent, announced)
      signal?.removeEventListener('abort', aborted)
    }
    const announced = (event: Event) => {
      const provider = providerOf(event)
      if (!provider) return
      stop()
      resolve(carekeyOf(provider))
    }
    const aborted = () => {
      stop()
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      stop()
      reject(new CarekeyPageError('wallet-missing', missing))
    }, timeoutMs)
    if (signal?.aborted) return aborted()
    signal?.addEventListener('abort', aborted)
    window.addEventListener(announceEvent, announced)
    window.dispatchEvent(new Event(requestEvent))
  })
}

const missing =
  'Carekey was not found on this page. Install the Carekey extension, then click its icon once while this page is open, ' +
  'and try again.'

function providerOf(event: Event): Provider | undefined {
  const detail: unknown = (event as CustomEvent).detail
  if (typeof detail !== 'object' || detail === null || !('provider' in detail)) return undefined
  const { provider } = detail
  const works =
    typeof provider === 'object' &&
    provider !== null &&
    'request' in provider &&
    typeof provider.request === 'function'
  return works ? (provider as Provider) : undefined
}
