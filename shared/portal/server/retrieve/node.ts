import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2p } from 'libp2p'
import type { RelayInfo } from '../../../protocol/relay-api.ts'
import { circuitGate } from './circuit-gate.ts'

/** The relay as it described itself. */
export type Announced = Pick<RelayInfo, 'multiaddrs' | 'iceServers'>

export interface Dialer {
  readonly node: Libp2p
  /** Whether this is a patient's address behind the relay; no other is dialled. */
  reaches(peer: string): boolean
  /** The relay has new addresses. What is connected stays so. */
  follow(relay: Announced): void
}

/**
 * A libp2p node that only dials, and only the relay at this origin and patients behind it: it listens nowhere, knows no
 * public peers, and has a new identity each time.
 */
export async function createDialer(relay: Announced, origin: string): Promise<Dialer> {
  let gate = circuitGate(relay.multiaddrs, origin)
  const node = await createLibp2p({
    addresses: { listen: [] },
    transports: [
      webSockets(),
      circuitRelayTransport(),
      webRTC({ rtcConfiguration: { iceServers: relay.iceServers.map(iceServer) } }),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify() },
    // Also what others tell of themselves in `identify` passes here. ICE does not: a patient's browser may well be in the
    // same private network, or on this machine.
    connectionGater: { denyDialMultiaddr: (address) => !gate.isOpen(address.toString()) },
    connectionManager: { resolvers: {}, reconnectRetries: 0 },
  })
  return {
    node,
    reaches: (peer) => gate.isPatient(peer),
    follow({ multiaddrs }) {
      gate = circuitGate(multiaddrs, origin)
    },
  }
}

function iceServer({ urls, username, credential }: RelayInfo['iceServers'][number]) {
  return { urls, ...(username ? { username } : {}), ...(credential ? { credential } : {}) }
}
