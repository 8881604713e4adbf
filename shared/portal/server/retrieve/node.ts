import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2p } from 'libp2p'
import type { RelayInfo } from '../../../protocol/relay-api.ts'

/** A libp2p node that only dials: it listens nowhere, knows no public peers, and has a new identity each time. */
export function createDialer(iceServers: RelayInfo['iceServers']): Promise<Libp2p> {
  return createLibp2p({
    addresses: { listen: [] },
    transports: [
      webSockets(),
      circuitRelayTransport(),
      webRTC({ rtcConfiguration: { iceServers: iceServers.map(iceServer) } }),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify() },
    // A patient's browser may well be in the same private network, or on this machine.
    connectionGater: { denyDialMultiaddr: () => false },
  })
}

function iceServer({ urls, username, credential }: RelayInfo['iceServers'][number]) {
  return { urls, ...(username ? { username } : {}), ...(credential ? { credential } : {}) }
}
