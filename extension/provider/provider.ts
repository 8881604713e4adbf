import { CHANNEL_EVENT, type PageMessage, WANTED_EVENT } from './channel.ts'
import {
  ANNOUNCE_PROVIDER_EVENT,
  PROVIDER_VERSION,
  type ProviderEvent,
  REQUEST_PROVIDER_EVENT,
} from './constants.ts'

// Runs in the page's own world, beside its scripts: it holds no secret and decides nothing. Everything it uses of the
// language is taken before any script of the page ran, and used without going through a prototype again.

const { apply, getOwnPropertyDescriptor } = Reflect
const { create, freeze } = Object
const ErrorOf = Error
const PromiseOf = Promise
const EventOf = Event
const CustomEventOf = CustomEvent
const Bytes = Uint8Array
const cryptoOf = crypto
const { getRandomValues } = cryptoOf
const { addEventListener, dispatchEvent } = EventTarget.prototype
const { preventDefault } = Event.prototype
const { postMessage, start } = MessagePort.prototype
const { toString: numberToString } = Number.prototype
const dataOf = getOwnPropertyDescriptor(MessageEvent.prototype, 'data')?.get
const portsOf = getOwnPropertyDescriptor(MessageEvent.prototype, 'ports')?.get

type Listener = () => void
interface Waiting {
  resolve(value: unknown): void
  reject(error: Error): void
}

/** A dictionary that no prototype reaches into. */
const dictionary = <T>(): Record<string, T> => create(null)

function randomId(): string {
  const bytes = apply(getRandomValues, cryptoOf, [new Bytes(16)]) as Uint8Array
  let id = ''
  for (let index = 0; index < 16; index++) {
    const byte = bytes[index] ?? 0
    id += (byte < 16 ? '0' : '') + apply(numberToString, byte, [16])
  }
  return id
}

function rpcError(code: number, message: string, data: object): Error {
  const error = new ErrorOf(message) as Error & { code: number; data: object }
  error.code = code
  error.data = data
  return error
}

/** Waits for the bridge's channel, then announces the provider to the page. */
export function startProvider(target: Window, version: string): void {
  const listen = (type: string, listener: (event: Event) => void) =>
    apply(addEventListener, target, [type, listener])
  const dispatch = (event: Event) => apply(dispatchEvent, target, [event])
  let taken = false

  listen(CHANNEL_EVENT, (event) => {
    if (taken || !portsOf || !(event instanceof MessageEvent)) return
    const port = (apply(portsOf, event, []) as readonly MessagePort[])[0]
    if (!port) return
    taken = true
    apply(preventDefault, event, [])
    const detail = freeze({ info: freeze({ name: 'Carekey', version }), provider: providerOf(port) })
    const announce = () => dispatch(new CustomEventOf(ANNOUNCE_PROVIDER_EVENT, { detail }))
    listen(REQUEST_PROVIDER_EVENT, announce)
    announce()
  })
  dispatch(new EventOf(WANTED_EVENT))
}

function providerOf(port: MessagePort) {
  const waiting = dictionary<Waiting>()
  const listeners = dictionary<Record<string, Listener | undefined>>()
  let listenerCount = 0
  listeners.grantsChanged = dictionary()
  listeners.disconnect = dictionary()

  const receive = (event: Event) => {
    if (!dataOf) return
    const message = apply(dataOf, event, []) as PageMessage
    if ('event' in message) return emit(message.event)
    const call = waiting[message.id]
    if (!call) return
    delete waiting[message.id]
    if ('error' in message) {
      const { code, message: text, data } = message.error
      call.reject(rpcError(code, text, data))
    } else call.resolve(message.result)
  }
  const emit = (event: string) => {
    const heard = listeners[event]
    for (const key in heard) {
      try {
        heard[key]?.()
      } catch {
        // A page's own listener failed: the next one is called all the same.
      }
    }
  }
  apply(addEventListener, port, ['message', receive])
  apply(start, port, [])

  return freeze({
    request: freeze((call: { method: unknown; params?: unknown }): Promise<unknown> => {
      return new PromiseOf((resolve, reject) => {
        const id = randomId()
        waiting[id] = { resolve, reject }
        try {
          // A structured copy: whatever the page does to its objects afterwards changes nothing.
          apply(postMessage, port, [{ id, method: call.method, params: call.params }])
        } catch {
          delete waiting[id]
          reject(rpcError(-32602, 'The parameters cannot be copied.', { reason: 'params-invalid' }))
        }
      })
    }),
    on: freeze((event: ProviderEvent, listener: Listener): void => {
      const heard = listeners[event]
      if (heard && typeof listener === 'function') heard[listenerCount++] = listener
    }),
    removeListener: freeze((event: ProviderEvent, listener: Listener): void => {
      const heard = listeners[event]
      for (const key in heard) if (heard[key] === listener) delete heard[key]
    }),
  })
}

export const startPageProvider = (): void => startProvider(window, PROVIDER_VERSION)
