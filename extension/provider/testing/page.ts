import { afterEach, expect, vi } from 'vitest'
import * as declared from '../../../shared/protocol/provider.ts'
import { type BackgroundPort, startBridge } from '../bridge.ts'
import { startProvider } from '../provider.ts'
export interface Provider {
  request(call: { method: unknown; params?: unknown }): Promise<unknown>
  on(event: string, listener: () => void): void
  removeListener(event: string, listener: () => void): void
}

export class Background {
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

export const closing: MessagePort[] = []
afterEach(() => {
  for (const port of closing.splice(0)) port.close()
})

/** A page with both halves in it, started in either order. */
export function page(order: 'bridge first' | 'provider first' = 'bridge first') {
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

export const arrived = (background: Background, count: number) =>
  vi.waitFor(() => expect(background.calls).toHaveLength(count), { interval: 1 })

export function providerOf(found: { provider: Provider }[]): Provider {
  const first = found[0]
  if (!first) throw new Error('No provider announced itself.')
  return first.provider
}
