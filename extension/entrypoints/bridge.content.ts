import { defineContentScript } from 'wxt/utils/define-content-script'
import { browser } from '../browser.ts'
import { PRESENCE } from '../messaging/presence.ts'
import { startBridge } from '../provider/bridge.ts'
import { PROVIDER_PORT } from '../provider/constants.ts'
import { pageNotice } from '../provider/notice.ts'

/** Runs in an isolated world of invited sites; the background registers it for each. */
export default defineContentScript({
  registration: 'runtime',
  matches: [],
  runAt: 'document_start',
  world: 'ISOLATED',
  main() {
    // Injected into an open page and registered for it: the second run finds the first.
    const world = globalThis as { carekeyBridge?: true }
    if (world.carekeyBridge || window.top !== window) return
    world.carekeyBridge = true
    browser.runtime.onMessage.addListener((message: unknown) =>
      message === PRESENCE ? Promise.resolve(true) : undefined,
    )
    startBridge({
      connect() {
        const port = browser.runtime.connect({ name: PROVIDER_PORT })
        return {
          post: (message) => port.postMessage(message),
          onMessage: (listener) => port.onMessage.addListener(listener),
          onDisconnect: (listener) => port.onDisconnect.addListener(listener),
        }
      },
      notice: pageNotice(document),
      target: window,
      after: (ms, act) => setTimeout(act, ms),
    })
  },
})
