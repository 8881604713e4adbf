import { CHANNEL_EVENT, type PageCall, type PageMessage, WANTED_EVENT } from './channel.ts'
import { messageMaxBytes, pendingMax, reconnectMaxMs, reconnectMs } from './constants.ts'
import type { Notice } from './notice.ts'

/** One life of the runtime port to the background. */
export interface BackgroundPort {
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  onDisconnect(listener: () => void): void
}

export interface BridgeDeps {
  /** Throws when the extension was removed or updated under us. */
  connect(): BackgroundPort
  notice: Notice
  target: Window
  /** Time only; replaced in tests. */
  after(ms: number, act: () => void): void
}

/**
 * Carries calls between the page and the background. It runs in an isolated world: the page cannot touch its code, but
 * what the page hands over is a stranger's. The background dies of idleness as a matter of course: unanswered calls are
 * then sent again, which is harmless, since a call is known by the digest of what it carries.
 */
export function startBridge({ connect, notice, target, after }: BridgeDeps): void {
  const unanswered = new Map<string, PageCall>()
  let background: BackgroundPort | undefined
  let failures = 0
  let page: MessagePort | undefined

  const toPage = (message: PageMessage) => page?.postMessage(message)
  const refuse = (id: string, code: number, reason: string, message: string) => {
    unanswered.delete(id)
    toPage({ id, error: { code, message, data: { reason } } })
  }

  const fromBackground = (raw: unknown) => {
    failures = 0
    const message = raw as {
      id?: unknown
      event?: unknown
      notice?: unknown
      error?: unknown
      result?: unknown
    }
    if ('notice' in message) return notice.show(message.notice as Parameters<Notice['show']>[0])
    if (typeof message.event === 'string') return toPage({ event: message.event })
    if (typeof message.id !== 'string' || !unanswered.delete(message.id)) return
    toPage(
      message.error === undefined
        ? { id: message.id, result: message.result }
        : ({ id: message.id, error: message.error } as PageMessage),
    )
  }

  const lost = () => {
    background = undefined
    if (unanswered.size === 0) return
    const wait = Math.min(reconnectMs * 2 ** failures, reconnectMaxMs)
    failures += 1
    after(wait, () => {
      if (background === undefined && unanswered.size > 0) open()
    })
  }

  const open = (): BackgroundPort | undefined => {
    if (background) return background
    try {
      const port = connect()
      background = port
      port.onMessage(fromBackground)
      port.onDisconnect(lost)
      for (const call of unanswered.values()) port.post(call)
      return port
    } catch {
      // Updated or removed: this page's bridge leads nowhere any more.
      for (const id of [...unanswered.keys()]) {
        refuse(id, 4900, 'wallet-missing', 'Carekey was updated or removed. Load this page again.')
      }
      notice.show(null)
      return undefined
    }
  }

  const fromPage = (raw: unknown) => {
    const call = readCall(raw)
    if (!call) return
    if (call.tooLarge) {
      return refuse(call.id, -32602, 'message-too-large', 'A message to Carekey may have at most 64 KiB.')
    }
    if (unanswered.size >= pendingMax) {
      return refuse(call.id, -32005, 'request-limit', 'Too many calls of this page wait for an answer.')
    }
    const { id, method, params } = call
    const fresh = background === undefined
    unanswered.set(id, { id, method, params })
    // Opening sends everything that is unanswered, this call too.
    const port = open()
    if (!fresh) port?.post({ id, method, params })
  }

  notice.onOpen(() => open()?.post({ open: true }))

  const offer = (): boolean => {
    const channel = new MessageChannel()
    const event = new MessageEvent(CHANNEL_EVENT, { ports: [channel.port2], cancelable: true })
    // Nobody but the provider listens to this event; should a page script take the port, it gains what any script of
    // the page has: the provider's methods, in the page's own name.
    if (target.dispatchEvent(event)) return false
    page = channel.port1
    page.addEventListener('message', (message) => fromPage(message.data))
    page.start()
    return true
  }
  if (offer()) return
  const wanted = () => {
    if (offer()) target.removeEventListener(WANTED_EVENT, wanted)
  }
  target.addEventListener(WANTED_EVENT, wanted)
}

const encoder = new TextEncoder()

/** What the page said, as JSON and back: no prototypes, no cycles, no more than 64 KiB. */
function readCall(raw: unknown): (PageCall & { tooLarge: boolean }) | undefined {
  if (typeof raw !== 'object' || raw === null || !('id' in raw) || typeof raw.id !== 'string')
    return undefined
  const { id } = raw
  const { method, params } = raw as { method?: unknown; params?: unknown }
  try {
    const json = JSON.stringify({ method, params: params ?? {} })
    if (encoder.encode(json).length > messageMaxBytes) return { id, method, params: {}, tooLarge: true }
    return { id, ...(JSON.parse(json) as { method: unknown; params: unknown }), tooLarge: false }
  } catch {
    // A cycle, or a BigInt: no JSON. The background says so.
    return { id, method, params: null, tooLarge: false }
  }
}
