import { CarekeyError } from '../../../shared/protocol/errors.ts'
import { browser, type Sender } from '../../browser.ts'
import { PROVIDER_PORT } from '../../messages.ts'
import { PRESENCE } from '../../messaging/presence.ts'
import { openWindowSchema, type ToBridge } from '../../messaging/provider-port.ts'
import { type PageSender, pageOf } from '../../messaging/sender.ts'
import type { Caller } from '../arrivals.ts'
import { readEnvelope } from '../check/call.ts'
import { type ProviderReply, refusalReply } from '../outcome.ts'
import type { Pages } from '../ports.ts'

type Port = ReturnType<typeof browser.runtime.connect>

/** What the hub asks of the broker. */
export interface PageHandlers {
  isInvited(origin: string): Promise<boolean>
  answer(caller: Caller, method: unknown, params: unknown, signal: AbortSignal): Promise<ProviderReply>
  openWindow(): Promise<void>
  documentGone(documentId: string): Promise<void>
}

export interface PageHub extends Pages {
  /** Begins to listen; must run in the first turn of the background's life. */
  serve(handlers: PageHandlers): void
}

/** Every page's port, by document. A reply goes out by the very port its call came in by, or not at all. */
export function pageHub(options: { loopback: boolean }): PageHub {
  const ports = new Map<Port, PageSender>()
  const notices = new Map<string, ToBridge>()

  const portsOf = (documentId: string) =>
    [...ports].filter(([, page]) => page.documentId === documentId).map(([port]) => port)

  return {
    emit(origin, event) {
      for (const [port, page] of ports) if (page.origin === origin) post(port, { event })
    },
    notice(documentId, notice) {
      if (notice) notices.set(documentId, { notice })
      // Told even if we know of none: a former life of ours may have shown it.
      else notices.delete(documentId)
      for (const port of portsOf(documentId)) post(port, { notice })
    },
    async isThere(tabId, documentId) {
      if (portsOf(documentId).length > 0) return true
      try {
        return (
          (await browser.tabs.sendMessage(tabId, PRESENCE, { frameId: 0, documentId } as object)) === true
        )
      } catch {
        return false
      }
    },
    serve(handlers) {
      browser.runtime.onConnect.addListener((port) => {
        if (port.name !== PROVIDER_PORT) return
        const page = pageOf(port.sender as Sender | undefined, options)
        if (typeof page === 'string') return refuse(port, page)
        ports.set(port, page)
        serve(port, page, handlers)
        const notice = notices.get(page.documentId)
        if (notice) post(port, notice)
      })
    },
  }

  function serve(port: Port, page: PageSender, handlers: PageHandlers): void {
    const gone = new AbortController()
    port.onDisconnect.addListener(() => {
      ports.delete(port)
      gone.abort(new CarekeyError('request-cancelled', 'The page is gone.'))
      if (portsOf(page.documentId).length > 0) return
      notices.delete(page.documentId)
      void handlers.documentGone(page.documentId)
    })
    port.onMessage.addListener((raw: unknown) => {
      if (openWindowSchema.safeParse(raw).success) {
        // Only while something waits: a page could otherwise open windows at will.
        if (notices.has(page.documentId)) void handlers.openWindow()
        return
      }
      const call = readEnvelope(raw)
      if (call) void reply(port, page, call, handlers, gone.signal)
    })
  }
}

async function reply(
  port: Port,
  page: PageSender,
  call: { id: string; method: unknown; params: unknown },
  handlers: PageHandlers,
  signal: AbortSignal,
): Promise<void> {
  const answer = (await handlers.isInvited(page.origin))
    ? await handlers.answer({ ...page, call: call.id }, call.method, call.params, signal)
    : refusalReply(new CarekeyError('origin-refused', 'The patient has not invited Carekey to this page.'))
  post(port, { id: call.id, result: undefined, ...answer })
}

/** A document that may not speak gets one reason for everything it says. */
function refuse(port: Port, reason: 'frame-refused' | 'origin-refused'): void {
  port.onMessage.addListener((raw: unknown) => {
    const call = readEnvelope(raw)
    if (!call) return
    const error = new CarekeyError(reason, 'Carekey speaks with the top frame of an https page only.')
    post(port, { id: call.id, result: undefined, ...refusalReply(error) })
  })
}

function post(port: Port, message: ToBridge): void {
  try {
    port.postMessage(message)
  } catch {
    // The port closed a moment ago; its own event follows.
  }
}
