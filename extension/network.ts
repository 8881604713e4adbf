import { type Network, networkSchema } from '../shared/protocol/network.ts'

/** The text of `network.json`, put here by the build. */
declare const __CAREKEY_NETWORK__: unknown

/** Which ledger and relays this build belongs to: built in, never learned from a page. */
export function readNetwork(): Network {
  if (typeof __CAREKEY_NETWORK__ === 'undefined') {
    throw new Error('This build names no network. Build with CAREKEY_NETWORK=path/to/network.json.')
  }
  const value = __CAREKEY_NETWORK__
  return networkSchema.parse(typeof value === 'string' ? JSON.parse(value) : value)
}
