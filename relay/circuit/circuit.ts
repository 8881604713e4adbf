import { isIPv6 } from 'node:net'
import { type CircuitRelayService, circuitRelayServer } from '@libp2p/circuit-relay-v2'
import { type Identify, identify } from '@libp2p/identify'
import type { ConnectionGater, Libp2p, PeerId, PrivateKey } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { peerIdFromString } from '@libp2p/peer-id'
import { type Ping, ping } from '@libp2p/ping'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p } from 'libp2p'
import type { Account } from '../identity/tokens.ts'
import { relayLimits } from '../limits.ts'
import type { Metrics } from '../metrics.ts'
import { CircuitMeter } from './meter.ts'
import type { Peers } from './peers.ts'
import type { Relays } from './relays.ts'

type Services = { relay: CircuitRelayService; identify: Identify; ping: Ping }

export interface CircuitOptions {
  host: string
  port: number
  /** Announced instead of what is listened on. */
  publicWs: string | null
  key: PrivateKey
  peers: Peers
  relays: Relays
  metrics: Metrics
}

/** Where browsers meet: a circuit relay for signalling, and nothing else. It dials nobody, stores nothing, and knows no DHT. */
export class Circuit {
  readonly #options: CircuitOptions
  #node: Libp2p<Services> | null = null

  constructor(options: CircuitOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    if (this.#node) return
    const { host, port, publicWs, key, metrics } = this.#options
    const ip = host === 'localhost' ? '127.0.0.1' : host
    const node = await createLibp2p<Services>({
      privateKey: key,
      start: false,
      nodeInfo: { userAgent: 'carekey-relay' },
      addresses: {
        listen: [`/${isIPv6(ip) ? 'ip6' : 'ip4'}/${ip}/tcp/${port}/ws`],
        announce: publicWs === null ? [] : [publicWs],
      },
      transports: [webSockets()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      metrics: () => new CircuitMeter((bytes) => metrics.circuitBytes.inc(bytes)),
      connectionGater: this.#gater(),
      connectionManager: {
        maxConnections: relayLimits.circuitConnectionsMax,
        maxIncomingPendingConnections: relayLimits.circuitPendingMax,
        inboundConnectionThreshold: relayLimits.circuitConnectionsPerSecond,
        reconnectRetries: 0,
      },
      services: {
        identify: identify(),
        ping: ping(),
        relay: circuitRelayServer({
          maxInboundHopStreams: relayLimits.circuitsPerPeer,
          reservations: {
            maxReservations: relayLimits.reservationsMax,
            reservationTtl: relayLimits.reservationTtlMs,
            defaultDurationLimit: relayLimits.relayedDurationMs,
            defaultDataLimit: BigInt(relayLimits.relayedBytesMax),
          },
        }),
      },
    })
    node.addEventListener('peer:disconnect', ({ detail }) => this.#forget(detail))
    try {
      await node.start()
    } catch (error) {
      await node.stop()
      throw isPortTaken(error)
        ? Object.assign(new Error('The port is taken.'), { code: 'EADDRINUSE', port })
        : error
    }
    this.#node = node
    await this.sayHere()
  }

  /** Tells the relays that share the database that this one is here, and where. */
  async sayHere(): Promise<void> {
    if (this.#node) await this.#options.relays.isHere(this.peerId, this.multiaddrs)
  }

  async stop(): Promise<void> {
    const node = this.#node
    this.#node = null
    if (!node) return
    await node.stop()
    await this.#options.relays.hasGone(node.peerId.toString())
  }

  get peerId(): string {
    return this.#running().peerId.toString()
  }

  /** Where every relay of this database is reached, this one first. */
  async allMultiaddrs(): Promise<string[]> {
    const others = await this.#options.relays.live()
    others.delete(this.peerId)
    return [...this.multiaddrs, ...[...others.values()].flat()]
  }

  /** With `/p2p/…` of this relay at the end. */
  get multiaddrs(): string[] {
    return this.#running()
      .getMultiaddrs()
      .map((address) => address.toString())
  }

  get reservations(): number {
    return this.#node?.services.relay.reservations.size ?? 0
  }

  /** Where a peer of this account can be dialled now, for WebRTC through its relay; null when none is connected. */
  async addressOf(account: Account): Promise<string | null> {
    const [peers, live] = await Promise.all([this.#options.peers.of(account), this.#options.relays.live()])
    for (const { peerId, relay } of peers) {
      const isReachable =
        relay === this.peerId ? this.#isReachable(peerId) : relay !== null && live.has(relay)
      const address = relay === this.peerId ? this.multiaddrs[0] : live.get(relay ?? '')?.[0]
      if (isReachable && address !== undefined) return `${address}/p2p-circuit/webrtc/p2p/${peerId}`
    }
    return null
  }

  #running(): Libp2p<Services> {
    if (!this.#node) throw new Error('The circuit relay is not running.')
    return this.#node
  }

  #isReachable(peerId: string): boolean {
    const node = this.#running()
    const peer = peerIdFromString(peerId)
    return node.services.relay.reservations.has(peer) && node.getConnections(peer).length > 0
  }

  /**
   * The stock server keeps a departed peer's reservation until it runs out. Its timer must go with it: it would otherwise end the reservation that
   * the same peer has made anew.
   */
  #forget(peer: PeerId): void {
    const reservations = this.#node?.services.relay.reservations
    const reservation = reservations?.get(peer)
    if (!reservations || !reservation) return
    reservation.signal.clear()
    reservations.delete(peer)
    // Should this fail, it is seen as unreachable here all the same.
    void this.#options.peers.leave(peer.toString(), this.peerId).catch(() => undefined)
  }

  #gater(): ConnectionGater {
    const { peers } = this.#options
    const connectionsOf = (peer: PeerId) => this.#node?.getConnections(peer) ?? []
    const circuitsOf = (peer: PeerId): number =>
      connectionsOf(peer)
        .flatMap((connection) => connection.streams)
        .filter((stream) => stream.protocol.startsWith('/libp2p/circuit/relay/')).length
    return {
      // Nothing a client says can make the relay open a connection.
      denyDialPeer: () => true,
      denyDialMultiaddr: () => true,
      denyInboundEncryptedConnection: (peer) =>
        connectionsOf(peer).length >= relayLimits.circuitConnectionsPerPeer,
      denyInboundRelayReservation: async (peer) => !(await peers.reserve(peer.toString(), this.peerId)),
      denyOutboundRelayedConnection: (source, destination) =>
        circuitsOf(source) > relayLimits.circuitsPerPeer ||
        circuitsOf(destination) > relayLimits.circuitsPerPeer,
    }
  }
}

/** libp2p tells it in the text of its error alone (3.3.11). */
const isPortTaken = (error: unknown): boolean =>
  error instanceof Error && error.message.includes('EADDRINUSE')
