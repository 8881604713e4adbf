import { type CircuitRelayTransportComponents, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import type { PeerId, Transport } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { ping } from '@libp2p/ping'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import type { RelayInfo } from '../../../shared/protocol/relay-api.ts'
import { nodeLimits } from '../limits.ts'
import { dialOnly } from './gater.ts'

/** The part of libp2p's relay transport that makes and holds reservations. */
export interface Reservations {
  addRelay(relay: PeerId, type: 'configured'): Promise<{ details: { reservation: { expire: bigint } } }>
  hasReservation(relay: PeerId): boolean
  addEventListener(type: 'relay:removed', listener: () => void): void
}

export interface Peer {
  libp2p: Libp2p
  reservations: Reservations
  relayAddresses: Multiaddr[]
}

/**
 * A started libp2p node with a key of its own for this session, so that sessions cannot be linked. It knows no
 * bootstrap peer, no DHT, no routing service and no STUN server but the relay's, and it does not listen by itself:
 * a relay that is down must not keep it from starting, nor strand it later (js-libp2p 3.3 never reserves again).
 */
export async function startPeer(relay: RelayInfo, options: { loopback: boolean }): Promise<Peer> {
  const relayAddresses = relay.multiaddrs.map((address) => multiaddr(address))
  let circuit: Transport | undefined
  const libp2p = await createLibp2p({
    addresses: { listen: ['/webrtc'] },
    transports: [
      webSockets(),
      (components: CircuitRelayTransportComponents) => {
        circuit = circuitRelayTransport()(components)
        return circuit
      },
      webRTC({ rtcConfiguration: { iceServers: relay.iceServers.map(iceServer) } }),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: dialOnly(relayAddresses, options),
    connectionManager: {
      maxConnections: nodeLimits.connectionsMax,
      maxIncomingPendingConnections: nodeLimits.incomingPendingMax,
      // Everybody comes by way of the relay and so has its address.
      inboundConnectionThreshold: nodeLimits.incomingPerSecond,
      reconnectRetries: 0,
    },
    // The stock text would tell every caller which browser and system this is.
    nodeInfo: { name: 'carekey', version: '1', userAgent: 'carekey' },
    services: { identify: identify(), ping: ping() },
  })
  if (!circuit || !isReserving(circuit)) throw new TypeError('This libp2p keeps its reservations elsewhere.')
  return { libp2p, reservations: circuit.reservationStore, relayAddresses }
}

const isReserving = (transport: Transport): transport is Transport & { reservationStore: Reservations } =>
  'reservationStore' in transport

function iceServer({ urls, username, credential }: RelayInfo['iceServers'][number]): RTCIceServer {
  return { urls, ...(username ? { username } : {}), ...(credential ? { credential } : {}) }
}
