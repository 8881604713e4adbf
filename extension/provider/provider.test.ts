import { createContext, runInContext } from 'node:vm'
import { build } from 'esbuild'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { limits } from '../../shared/protocol/limits.ts'
import * as declared from '../../shared/protocol/provider.ts'
import { PROVIDER_PORT as declaredPort } from '../messages.ts'
import { type BackgroundPort, startBridge } from './bridge.ts'
import * as constants from './constants.ts'
import { startProvider } from './provider.ts'

interface Provider {
  request(call: { method: unknown; params?: unknown }): Promise<unknown>
  on(event: string, listener: () => void): void
  removeListener(event: string, listener: () => void): void
}

class Background {
  ports: { sent: unknown[]; reply(message: unknown): void; drop(): void }[] = []
  broken = false
  connect = (): BackgroundPort => {
    if (this.broken) throw new Error('Extension context invalidated.')
    const sent: unknown[] = []
    let hear: (message: unknown) => void = () => {}
    let lose = () => {}
    this.ports.push({ sent, reply: (message) => hear(message), drop: () => lose() })
    return {
      post: (message) => sent.push(message),
      onMessage: (listener) => {
        hear = listener
      },
      onDisconnect: (listener) => {
        lose = listener
      },
    }
  }
  /** Every call that reached any life of the background, in order. */
  get calls() {
    return this.ports.flatMap(({ sent }) => sent) as { id: string; method: unknown; params: unknown }[]
  }
  get last() {
    return this.ports.at(-1)
  }
}

const closing: MessagePort[] = []
afterEach(() => {
  for (const port of closing.splice(0)) port.close()
})

/** A page with both halves in it, started in either order. */
function page(order: 'bridge first' | 'provider first' = 'bridge first') {
  const target = new EventTarget() as Window
  const background = new Background()
  const later: (() => void)[] = []
  const shown: unknown[] = []
  let open = () => {}
  const found: { info: object; provider: Provider }[] = []
  target.addEventListener(declared.ANNOUNCE_PROVIDER_EVENT, (event) =>
    found.push((event as CustomEvent).detail),
  )
  target.addEventListener('carekey:channel', (event) => closing.push(...(event as MessageEvent).ports))
  const bridge = () =>
    startBridge({
      connect: background.connect,
      target,
      after: (_ms, act) => later.push(act),
      notice: {
        show: (waiting) => shown.push(waiting),
        onOpen: (listener) => {
          open = listener
        },
      },
    })
  const provider = () => startProvider(target, '1')
  for (const half of order === 'bridge first' ? [bridge, provider] : [provider, bridge]) half()
  return { target, background, found, shown, later, open: () => open() }
}

const arrived = (background: Background, count: number) =>
  vi.waitFor(() => expect(background.calls).toHaveLength(count), { interval: 1 })

function providerOf(found: { provider: Provider }[]): Provider {
  const first = found[0]
  if (!first) throw new Error('No provider announced itself.')
  return first.provider
}

describe('the provider', () => {
  for (const order of ['bridge first', 'provider first'] as const) {
    it(`announces itself once its bridge is there, ${order}, and again whenever it is asked`, () => {
      const { target, found } = page(order)
      expect(found).toHaveLength(1)
      target.dispatchEvent(new Event(declared.REQUEST_PROVIDER_EVENT))
      expect(found).toHaveLength(2)
      expect(found[1]?.provider).toBe(found[0]?.provider)
      expect(found[0]?.info).toEqual({ name: 'Carekey', version: '1' })
      expect(Object.isFrozen(found[0]) && Object.isFrozen(found[0]?.provider)).toBe(true)
    })
  }

  it('writes nothing into the page', () => {
    const before = Object.getOwnPropertyNames(globalThis)
    const { target } = page()
    expect(Object.getOwnPropertyNames(globalThis)).toEqual(before)
    expect(Object.keys(target)).toEqual([])
  })

  it('hands its channel over once', () => {
    const { target, found } = page()
    let offers = 0
    target.addEventListener('carekey:channel', () => {
      offers += 1
    })
    target.dispatchEvent(new Event('carekey:channelWanted'))
    startProvider(target, '1')
    expect(offers).toBe(0)
    expect(found).toHaveLength(1)
  })

  it('resolves with the result and rejects with code, message and reason', async () => {
    const { found, background } = page()
    const provider = providerOf(found)
    const good = provider.request({ method: 'care_grants', params: {} })
    await arrived(background, 1)
    background.last?.reply({ id: background.calls[0]?.id, result: { grants: [] } })
    expect(await good).toEqual({ grants: [] })
    const bad = provider.request({ method: 'care_nothing' })
    await arrived(background, 2)
    background.last?.reply({
      id: background.calls[1]?.id,
      error: { code: 4200, message: 'No such method.', data: { reason: 'method-unknown' } },
    })
    await expect(bad).rejects.toMatchObject({
      code: 4200,
      message: 'No such method.',
      data: { reason: 'method-unknown' },
    })
  })

  it('matches replies to calls by ids that nobody can guess', async () => {
    const { found, background } = page()
    const provider = providerOf(found)
    const calls = [1, 2, 3].map((n) => provider.request({ method: 'care_pending', params: { n } }))
    await arrived(background, 3)
    const ids = background.calls.map((call) => call.id)
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/)
    background.last?.reply({ id: '0'.repeat(32), result: 'forged' })
    for (const [index, id] of [...ids.entries()].reverse()) background.last?.reply({ id, result: index })
    expect(await Promise.all(calls)).toEqual([0, 1, 2])
  })

  it('tells its listeners what happened until they stop listening', async () => {
    const { found, background } = page()
    const provider = providerOf(found)
    const heard: string[] = []
    const listener = () => heard.push('granted')
    provider.on('grantsChanged', () => {
      throw new Error('A listener of the page fails.')
    })
    provider.on('grantsChanged', listener)
    void provider.request({ method: 'care_grants' })
    await arrived(background, 1)
    background.last?.reply({ event: 'grantsChanged' })
    await vi.waitFor(() => expect(heard).toEqual(['granted']))
    provider.removeListener('grantsChanged', listener)
    background.last?.reply({ event: 'grantsChanged' })
    background.last?.reply({ id: background.calls[0]?.id, result: 1 })
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(heard).toEqual(['granted'])
  })

  it('refuses what cannot be copied, what is too large, and more than a page needs at a time', async () => {
    const { found, background } = page()
    const provider = providerOf(found)
    const reason = (code: string) => expect.objectContaining({ data: { reason: code } })
    await expect(provider.request({ method: 'care_grants', params: () => 1 })).rejects.toEqual(
      reason('params-invalid'),
    )
    const large = { text: 'u'.repeat(64 * 1024) }
    await expect(provider.request({ method: 'care_grants', params: large })).rejects.toEqual(
      reason('message-too-large'),
    )
    expect(background.calls).toEqual([])
    for (let call = 0; call < constants.pendingMax; call++) void provider.request({ method: 'care_grants' })
    await expect(provider.request({ method: 'care_grants' })).rejects.toEqual(reason('request-limit'))
  })
})

describe('the bridge', () => {
  it('sends unanswered calls again, under their ids, when the background died', async () => {
    const { found, background, later } = page()
    const call = providerOf(found).request({ method: 'care_deposit', params: { a: 1 } })
    await arrived(background, 1)
    const [first] = background.calls
    background.last?.drop()
    later.shift()?.()
    expect(background.ports).toHaveLength(2)
    expect(background.last?.sent).toEqual([first])
    background.last?.reply({ id: first?.id, result: 'saved' })
    expect(await call).toBe('saved')
  })

  it('lets the background sleep when nothing is unanswered', async () => {
    const { found, background, later } = page()
    const call = providerOf(found).request({ method: 'care_grants' })
    await arrived(background, 1)
    background.last?.reply({ id: background.calls[0]?.id, result: 1 })
    await call
    background.last?.drop()
    expect(later).toEqual([])
  })

  it('says so when the extension was updated under the page', async () => {
    const { found, background } = page()
    background.broken = true
    await expect(providerOf(found).request({ method: 'care_grants' })).rejects.toMatchObject({
      code: 4900,
      data: { reason: 'wallet-missing' },
    })
  })

  it('shows what waits, and asks for no more than our own window', async () => {
    const { found, background, shown, open } = page()
    void providerOf(found).request({ method: 'care_deposit', params: {} })
    await arrived(background, 1)
    background.last?.reply({ notice: { id: '0x1', organization: 'St. Brigid Hospital' } })
    expect(shown).toEqual([{ id: '0x1', organization: 'St. Brigid Hospital' }])
    open()
    expect(background.last?.sent.at(-1)).toEqual({ open: true })
  })

  it('passes on plain JSON alone, whatever the page made of its objects', async () => {
    const { found, background } = page()
    const params = JSON.parse('{"a": {"b": [1, "two", null]}, "__proto__": {"admin": true}}')
    void providerOf(found).request({ method: 'care_grants', params })
    await arrived(background, 1)
    expect(Object.getPrototypeOf(background.calls[0]?.params)).toBe(Object.prototype)
    expect(JSON.stringify(background.calls[0]?.params)).toBe(JSON.stringify(params))
  })
})

describe('the constants that are written twice', () => {
  it('are the same as those of the protocol and of the messages', () => {
    expect(constants.REQUEST_PROVIDER_EVENT).toBe(declared.REQUEST_PROVIDER_EVENT)
    expect(constants.ANNOUNCE_PROVIDER_EVENT).toBe(declared.ANNOUNCE_PROVIDER_EVENT)
    expect(constants.PROVIDER_VERSION).toBe(declared.PROVIDER_VERSION)
    expect(constants.PROVIDER_PORT).toBe(declaredPort)
    expect(constants.messageMaxBytes).toBe(limits.providerMessageMaxBytes)
  })
})

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
