import { nodeLimits } from '../limits.ts'
import { backOffMs, pause } from '../pause.ts'

/** What the watch looks after; times in Unix milliseconds. */
export interface Reserving {
  /** One whole attempt: register, dial, reserve. Says when the reservation ends. */
  reserve(signal: AbortSignal): Promise<{ endsAtMs: number }>
  /** Whether the reservation stands now. */
  holds(): boolean
  onChange(reserved: boolean): void
  /** Every few failures in a row: the relay may have moved. */
  onTrouble(failures: number): Promise<void>
}

/**
 * Keeps a reservation for as long as `signal` lasts: js-libp2p 3.3 never makes one again after the relay's connection
 * was lost (js-libp2p, August 2026). Never rejects. Returns how to make it look at once.
 */
export function watchReservation(reserving: Reserving, signal: AbortSignal): { look(): void } {
  let wake = new AbortController()
  let reported = false

  function report(): void {
    if (reserving.holds() === reported) return
    reported = !reported
    reserving.onChange(reported)
  }

  async function rest(ms: number): Promise<void> {
    await pause(ms, AbortSignal.any([signal, wake.signal])).catch(() => {})
    if (wake.signal.aborted) wake = new AbortController()
  }

  async function watch(): Promise<void> {
    let failures = 0
    let renewAtMs = 0
    while (!signal.aborted) {
      if (reserving.holds() && Date.now() < renewAtMs) {
        await rest(nodeLimits.watchMs)
        report()
        continue
      }
      try {
        const { endsAtMs } = await reserving.reserve(signal)
        renewAtMs = Math.max(endsAtMs - nodeLimits.renewBeforeMs, Date.now() + nodeLimits.renewMinMs)
        failures = 0
        report()
        await pause(nodeLimits.reserveRetryFirstMs, signal)
      } catch {
        if (signal.aborted) return
        failures += 1
        report()
        if (failures % nodeLimits.askRelayAfterFailures === 0) {
          await reserving.onTrouble(failures).catch(() => {})
        }
        const waitMs = backOffMs(failures, nodeLimits.reserveRetryFirstMs, nodeLimits.reserveRetryMaxMs)
        await pause(waitMs, signal).catch(() => {})
      }
    }
  }

  void watch()
  return { look: () => wake.abort() }
}
