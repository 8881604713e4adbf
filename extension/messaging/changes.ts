import { browser, type Sender } from '../browser.ts'
import { CHANGES_PORT } from '../messages.ts'
import { isOwnScreen } from './sender.ts'

/** Nobody sees a tenth of a second; what changes within one is told, and asked about by every screen, once. */
const gatherMs = 100

/** Background: `tell()` lets every open screen know that a snapshot may have changed, and calls `also`: soon, and once. */
export function serveChanges(also: () => void = () => undefined): { tell(): void } {
  let gathering = false
  const ports = new Set<ReturnType<typeof browser.runtime.connect>>()
  browser.runtime.onConnect.addListener((port) => {
    if (port.name !== CHANGES_PORT) return
    if (!port.sender || !isOwnScreen(port.sender as Sender)) return port.disconnect()
    ports.add(port)
    port.onDisconnect.addListener(() => ports.delete(port))
  })
  return {
    tell() {
      if (gathering) return
      gathering = true
      setTimeout(() => {
        gathering = false
        for (const port of ports) port.postMessage({ changed: true })
        also()
      }, gatherMs)
    },
  }
}

/** Screen: calls back whenever something may have changed, and once after the background came back to life. */
export function onChanges(listener: () => void, signal: AbortSignal): void {
  if (signal.aborted) return
  const port = browser.runtime.connect({ name: CHANGES_PORT })
  port.onMessage.addListener(listener)
  port.onDisconnect.addListener(() => {
    if (signal.aborted) return
    // The service worker died of idleness: connecting wakes it.
    onChanges(listener, signal)
    listener()
  })
  signal.addEventListener('abort', () => port.disconnect(), { once: true })
}
