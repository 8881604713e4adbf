import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { describe, expect, it, vi } from 'vitest'
import * as declared from '../../shared/protocol/provider.ts'
import { closing, type Provider } from './testing/page.ts'

// Threats, T4: a page that patches the language's built-ins after the provider has started.
const patches = `
  const evil = (name) => function () { stolen.push(name); return arguments[0] }
  for (const [owner, names] of [
    [Array.prototype, ['push', 'map', 'forEach', 'filter', 'slice', 'join', 'concat', 'indexOf', 'includes', 'reduce']],
    [String.prototype, ['slice', 'replace', 'split', 'padStart', 'indexOf', 'startsWith', 'toString', 'valueOf']],
    [Object, ['create', 'freeze', 'keys', 'entries', 'assign', 'defineProperty', 'getPrototypeOf', 'hasOwn']],
    [Reflect, ['apply', 'get', 'set', 'construct', 'ownKeys']],
    [JSON, ['stringify', 'parse']],
    [Promise.prototype, ['then', 'catch', 'finally']],
    [Promise, ['resolve', 'reject', 'all', 'race']],
    [Map.prototype, ['get', 'set', 'has', 'delete']],
    [Set.prototype, ['add', 'has', 'delete']],
    [Function.prototype, ['call', 'apply', 'bind']],
    [Number.prototype, ['toString']],
    [EventTarget.prototype, ['addEventListener', 'removeEventListener', 'dispatchEvent']],
    [MessagePort.prototype, ['postMessage', 'start']],
    [Event.prototype, ['preventDefault', 'stopPropagation']],
    [crypto, ['getRandomValues', 'randomUUID']],
  ]) for (const name of names) { Object_defineProperty(owner, name, { value: evil(name), writable: true, configurable: true }); count++ }
  Object_defineProperty(Object.prototype, 'id', { set(v) { stolen.push('id') }, get() { return undefined }, configurable: true })
  Object_defineProperty(Object.prototype, 'params', { set(v) { stolen.push('params') }, get() { return undefined }, configurable: true })
  Object_defineProperty(Array.prototype, '0', { set(v) { stolen.push('0') }, get() { return undefined }, configurable: true })
`

describe('a page that patches the language', () => {
  it('changes nothing of what the provider sends, and sees nothing of it', async () => {
    const built = await build({
      stdin: {
        contents: `export { startProvider } from './extension/provider/provider.ts'`,
        resolveDir: new URL('../..', import.meta.url).pathname,
      },
      bundle: true,
      write: false,
      format: 'iife',
      globalName: 'carekey',
    })
    const channel = new MessageChannel()
    closing.push(channel.port1, channel.port2)
    const received: unknown[] = []
    channel.port1.addEventListener('message', (event) => received.push((event as MessageEvent).data))
    channel.port1.start()
    // A realm of its own has its own Array, Object, Promise; the host's classes are borrowed, and patched as copies.
    const borrow = <T extends abstract new (...args: never[]) => object>(Class: T) =>
      ({
        prototype: Object.create(Class.prototype, Object.getOwnPropertyDescriptors(Class.prototype)),
      }) as unknown as T
    const target = new EventTarget()
    const found: { provider: Provider }[] = []
    target.addEventListener(declared.ANNOUNCE_PROVIDER_EVENT, (event) =>
      found.push((event as CustomEvent).detail),
    )
    const context = {
      Event,
      CustomEvent,
      MessageEvent,
      EventTarget: borrow(EventTarget),
      MessagePort: borrow(MessagePort),
      crypto: {
        getRandomValues: <T extends ArrayBufferView>(bytes: T) => crypto.getRandomValues(bytes as never) as T,
        randomUUID: 0,
      },
      Uint8Array,
      stolen: [] as string[],
      count: 0,
      target,
      channel,
      provider: undefined as Provider | undefined,
    }
    runInContext(
      `const Object_defineProperty = Object.defineProperty; ${built.outputFiles[0]?.text}; carekey.startProvider(target, '1')`,
      createContext(context),
    )
    target.dispatchEvent(new MessageEvent('carekey:channel', { ports: [channel.port2], cancelable: true }))
    context.provider = found[0]?.provider
    runInContext(patches, context)
    expect(context.count).toBeGreaterThanOrEqual(50)
    context.stolen.length = 0
    const params = { request: { categories: ['laboratory'], reason: 'Check-in' }, signature: '0x1' }
    void context.provider?.request({ method: 'care_requestAccess', params })
    await vi.waitFor(() => expect(received).toHaveLength(1))
    expect(received[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      method: 'care_requestAccess',
      params,
    })
    expect(context.stolen).toEqual([])
  })
})
