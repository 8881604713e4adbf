import { peerIdFromString } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'

const toPatient = '/p2p-circuit/webrtc/p2p/'
const relayParts: ReadonlySet<string> = new Set(['tcp', 'tls', 'sni', 'ws', 'wss', 'p2p'])
const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '::1'])

/** What a portal's server may dial: its relay, and patients by WebRTC through that relay. */
export interface CircuitGate {
  /** Whether this is the address of a patient's node behind the relay. */
  isPatient(address: string): boolean
  isOpen(address: string): boolean
}

/**
 * What a relay announces counts on the host alone where the portal calls it anyway: neither in its info nor in a patient's
 * address can it name something else in the portal's network.
 */
export function circuitGate(announced: readonly string[], origin: string): CircuitGate {
  const relays = new Set(announced.filter((address) => isRelayAt(origin, address)))
  const isPatient = (address: string): boolean => {
    const [relay = '', peer = '', ...rest] = address.split(toPatient)
    return rest.length === 0 && relays.has(relay) && isPeerId(peer)
  }
  return { isPatient, isOpen: (address) => relays.has(address) || isPatient(address) }
}

function isRelayAt(origin: string, text: string): boolean {
  const address = read(text)
  if (address?.toString() !== text) return false
  const [host, ...parts] = address.getComponents()
  return (
    parts.at(-1)?.name === 'p2p' &&
    parts.filter(({ name }) => name === 'p2p').length === 1 &&
    parts.every(({ name }) => relayParts.has(name)) &&
    isSameHost(host?.value ?? '', new URL(origin).hostname.replace(/^\[(.*)\]$/, '$1'))
  )
}

const isSameHost = (one: string, other: string): boolean =>
  one.toLowerCase() === other || (loopback.has(one) && loopback.has(other))

function read(text: string): Multiaddr | null {
  try {
    return multiaddr(text)
  } catch {
    return null
  }
}

function isPeerId(text: string): boolean {
  try {
    return peerIdFromString(text).toString() === text
  } catch {
    return false
  }
}
