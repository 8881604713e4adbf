import type { Status } from '../snapshots.ts'
import type { World } from './ports.ts'

type Relay = Status['relay']

/** Whether the relay can be reached, as far as anybody asked lately. Kept in memory: a new life asks anew. */
export interface RelayWatch {
  check(): Promise<void>
  status(): Promise<Relay>
}

export function relayWatch(
  world: Pick<World, 'network' | 'relay' | 'node' | 'vault' | 'now' | 'changed'>,
): RelayWatch {
  const origin = world.network.relays[0] ?? ''
  let state: Relay['state'] = 'unknown'
  let since: number | null = null

  const node = async (): Promise<Relay['node']> => {
    if (world.vault.state() !== 'unlocked') return 'off'
    try {
      const { peerId, reserved } = await world.node.call('node.state', {})
      if (peerId === null) return 'off'
      return reserved ? 'reachable' : 'connecting'
    } catch {
      return 'off'
    }
  }
  return {
    async check() {
      const next: Relay['state'] = await world
        .relay(origin)
        .info()
        .then(
          () => 'reachable',
          () => 'unreachable',
        )
      if (next === state) return
      state = next
      since = world.now()
      world.changed()
    },
    status: async () => ({ origin, state, since, node: await node() }),
  }
}
