import type { RequestOf, ResponseOf, UiMessage, uiMessages } from '../messages.ts'
import { onChanges } from '../messaging/changes.ts'
import { sendToBackground } from '../messaging/send.ts'

export type Asked<K extends UiMessage> = ResponseOf<typeof uiMessages, K>
export type Asking<K extends UiMessage> = RequestOf<typeof uiMessages, K>

/** Asks the background. @throws CarekeyError as the background declared it */
export const ask = <K extends UiMessage>(type: K, request: Asking<K>): Promise<Asked<K>> =>
  sendToBackground(type, request)

const listeners = new Set<() => void>()
let listening: AbortController | undefined

const tell = () => {
  for (const listener of listeners) listener()
}

/** A screen that nobody sees does not keep the background awake. */
function listen(): void {
  const wanted = listeners.size > 0 && document.visibilityState !== 'hidden'
  if (wanted && !listening) {
    listening = new AbortController()
    onChanges(tell, listening.signal)
  } else if (!wanted && listening) {
    listening.abort()
    listening = undefined
  }
}

function seenAgain(): void {
  const before = listening
  listen()
  if (listening && !before) tell()
}

/** Calls back whenever a snapshot may have changed, until the returned function is called. */
export function onChange(listener: () => void): () => void {
  if (listeners.size === 0) document.addEventListener('visibilitychange', seenAgain)
  listeners.add(listener)
  listen()
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) document.removeEventListener('visibilitychange', seenAgain)
    listen()
  }
}
