import { CarekeyError, fromErrorReply } from '../../shared/protocol/errors.ts'
import { browser } from '../browser.ts'
import {
  type NodeEvent,
  type NodeMessage,
  nodeEvents,
  nodeMessages,
  type RequestOf,
  type ResponseOf,
  type UiMessage,
  uiMessages,
} from '../messages.ts'
import { type Channel, type Message, replySchema, unreadable } from './envelope.ts'
import { handlersHere } from './here.ts'

// All three reject with CarekeyError: the other side's refusal by its reason, or `internal` when nobody answers.

/** A screen asks the background. */
export async function sendToBackground<K extends UiMessage>(
  type: K,
  request: RequestOf<typeof uiMessages, K>,
): Promise<ResponseOf<typeof uiMessages, K>> {
  return (await send('ui', uiMessages[type], type, request)) as ResponseOf<typeof uiMessages, K>
}

/** The background asks the node. */
export async function callNode<K extends NodeMessage>(
  type: K,
  request: RequestOf<typeof nodeMessages, K>,
): Promise<ResponseOf<typeof nodeMessages, K>> {
  return (await send('node', nodeMessages[type], type, request)) as ResponseOf<typeof nodeMessages, K>
}

/** The node tells or asks the background. */
export async function sendNodeEvent<K extends NodeEvent>(
  type: K,
  request: RequestOf<typeof nodeEvents, K>,
): Promise<ResponseOf<typeof nodeEvents, K>> {
  return (await send('event', nodeEvents[type], type, request)) as ResponseOf<typeof nodeEvents, K>
}

async function send(channel: Channel, message: Message, type: string, request: unknown): Promise<unknown> {
  const parsed = message.request.safeParse(request)
  if (!parsed.success) {
    throw new CarekeyError('params-invalid', 'This cannot be sent as it is. Check what was entered.', {
      cause: parsed.error,
    })
  }
  const here = handlersHere.get(channel)
  const raw = here
    ? await here(type, parsed.data)
    : await transport({ carekey: channel, type, request: parsed.data })
  const reply = replySchema.safeParse(raw)
  if (!reply.success) throw unreadable(reply.error)
  if (!reply.data.ok) {
    const { data, ...error } = reply.data.error
    throw fromErrorReply({ ...error, ...(data ? { data } : {}) })
  }
  const response = message.response.safeParse(reply.data.response)
  if (!response.success) throw unreadable(response.error)
  return response.data
}

async function transport(call: { carekey: Channel; type: string; request: unknown }): Promise<unknown> {
  try {
    return await browser.runtime.sendMessage(call)
  } catch (cause) {
    throw new CarekeyError('internal', 'Carekey was just restarting. Try again.', { cause })
  }
}
