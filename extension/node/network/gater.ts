import type { ConnectionGater } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'

/**
 * The node calls nobody but its relay: what a stranger makes it look for costs no packet and betrays nothing. Plain
 * WebSockets are for a relay on this machine alone, in a build that allows it.
 */
export function dialOnly(relay: readonly Multiaddr[], options: { loopback: boolean }): ConnectionGater {
  const allowed = new Set(
    relay
      .filter((address) => isSecure(address) || (options.loopback && isLoopback(address)))
      .map(withoutPeer),
  )
  return { denyDialMultiaddr: (address) => !allowed.has(withoutPeer(address)) }
}

const withoutPeer = (address: Multiaddr): string => address.toString().replace(/\/p2p\/[^/]+$/, '')

const isSecure = (address: Multiaddr) =>
  address.getComponents().some(({ name }) => name === 'wss' || name === 'tls')

function isLoopback(address: Multiaddr): boolean {
  const [host] = address.getComponents()
  if (host?.name === 'ip4') return host.value?.startsWith('127.') ?? false
  if (host?.name === 'ip6') return host.value === '::1'
  return host?.value === 'localhost'
}
