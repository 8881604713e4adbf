import type { z } from 'zod'
import { CarekeyError, toErrorReply } from '../../shared/protocol/errors.ts'
import { browser, type Sender } from '../browser.ts'
import { nodeEvents, nodeMessages, uiMessages } from '../messages.ts'
import { type Channel, callSchema, type Reply, type Table, unreadable } from './envelope.ts'
import { handlersHere } from './here.ts'
import { isBackground, isNode, isOwnScreen } from './sender.ts'

/** One handler for every message of a table: a missing one is a type error. */
export type Handlers<T extends Table> = {
  [K in keyof T]: (request: z.output<T[K]['request']>) => Promise<z.input<T[K]['response']>>
}
export type UiHandlers = Handlers<typeof uiMessages>
export type NodeHandlers = Handlers<typeof nodeMessages>
export type NodeEventHandlers = Handlers<typeof nodeEvents>

/** Background: answers our own screens, and nobody else. Returns how to stop. */
export const serveUi = (handlers: UiHandlers) => serve('ui', uiMessages, handlers, isOwnScreen)

/** Background: answers the node's document, and nobody else. */
export const serveNodeEvents = (handlers: NodeEventHandlers) => serve('event', nodeEvents, handlers, isNode)

/** The node's context: answers the background, and nobody else. */
export const serveNode = (handlers: NodeHandlers) => serve('node', nodeMessages, handlers, isBackground)

type AnyHandler = (request: unknown) => Promise<unknown>

function serve<T extends Table>(
  channel: Channel,
  table: T,
  handlers: Handlers<T>,
  trusted: (sender: Sender) => boolean,
): () => void {
  const answer = async (type: string, request: unknown): Promise<Reply> => {
    try {
      const message = Object.hasOwn(table, type) ? table[type] : undefined
      if (message === undefined) throw new CarekeyError('method-unknown', `There is no message “${type}”.`)
      const parsed = message.request.safeParse(request)
      if (!parsed.success) {
        throw new CarekeyError('params-invalid', `The message “${type}” is malformed.`, {
          cause: parsed.error,
        })
      }
      // The table's own schema has just given the handler's own type; TypeScript cannot follow the key.
      const handler = handlers[type as keyof T] as AnyHandler
      const response = message.response.safeParse(await handler(parsed.data))
      if (!response.success) throw unreadable(response.error)
      return { ok: true, response: response.data }
    } catch (error) {
      return { ok: false, error: toErrorReply(error) }
    }
  }
  const listener = (raw: unknown, sender: Sender): Promise<Reply> | undefined => {
    const call = callSchema.safeParse(raw)
    if (!call.success || call.data.carekey !== channel || !trusted(sender)) return undefined
    return answer(call.data.type, call.data.request)
  }
  browser.runtime.onMessage.addListener(
    listener as Parameters<typeof browser.runtime.onMessage.addListener>[0],
  )
  handlersHere.set(channel, answer)
  return () => {
    browser.runtime.onMessage.removeListener(
      listener as Parameters<typeof browser.runtime.onMessage.addListener>[0],
    )
    handlersHere.delete(channel)
  }
}
