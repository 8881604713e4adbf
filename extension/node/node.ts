import { peerIdFromString } from '@libp2p/peer-id'
import { type RelayInfo, relayInfoSchema } from '../../shared/protocol/relay-api.ts'
import {
  RETRIEVAL_PROTOCOL,
  type RetrievalAnswer,
  type RetrievalProof,
} from '../../shared/protocol/sign-in.ts'
import { nodeLimits } from './limits.ts'
import { type Peer, startPeer } from './network/libp2p.ts'
import { watchReservation } from './network/reservation.ts'
import { serveRecords } from './network/serve.ts'
import { within } from './pause.ts'
import { readRelay } from './relay/http.ts'
import type { Store } from './store/store.ts'

/** What the node needs of the background; a rejection counts as a refusal. */
export interface NodeEvents {
  registerPeer(peerId: string): Promise<{ registered: boolean }>
  reservation(change: { reserved: boolean; peerId: string }): void
  authorize(proof: RetrievalProof): Promise<RetrievalAnswer>
  served(served: { grant: RetrievalProof['grant']; cid: RetrievalProof['cid']; bytes: number }): void
}

export interface NodeOptions {
  store: Store
  events: NodeEvents
  /** Relays on this machine may be called without TLS. */
  loopback: boolean
}

/** The patient's own node: reachable through one relay, serving sealed records to whoever may have them. */
export interface Node {
  /** Also while the relay is away; harmless when it runs already. Another relay replaces the one before. */
  start(relay: RelayInfo): Promise<{ peerId: string }>
  stop(): Promise<void>
  state(): { peerId: string | null; reserved: boolean; servedBytes: number }
}

interface Running {
  relay: RelayInfo
  peer: Peer
  ending: AbortController
}

export function createNode({ store, events, loopback }: NodeOptions): Node {
  let running: Running | undefined
  let servedBytes = 0
  let last: Promise<unknown> = Promise.resolve()

  async function open(relay: RelayInfo): Promise<Running> {
    const ending = new AbortController()
    const peer = await startPeer(relay, { loopback })
    const peerId = peer.libp2p.peerId.toString()
    const serve = serveRecords({
      peerId,
      authorize: events.authorize,
      has: (cid) => store.has(cid),
      car: (cid) => store.car(cid),
      onServed(served) {
        servedBytes += served.bytes
        events.served(served)
      },
    })
    await peer.libp2p.handle(RETRIEVAL_PROTOCOL, serve, {
      runOnLimitedConnection: false,
      maxInboundStreams: nodeLimits.servedPerConnectionMax,
    })
    const started = { relay, peer, ending }
    keepReachable(started, peerId)
    return started
  }

  function keepReachable({ relay, peer, ending }: Running, peerId: string): void {
    const relayPeer = peerIdFromString(relay.peerId)
    const watch = watchReservation(
      {
        async reserve(signal) {
          const asking = events.registerPeer(peerId)
          const { registered } = await within(asking, nodeLimits.registerTimeoutMs, signal)
          if (!registered) throw new Error('The relay does not know this peer.')
          const dialling = AbortSignal.any([signal, AbortSignal.timeout(nodeLimits.dialTimeoutMs)])
          await peer.libp2p.dial(peer.relayAddresses, { signal: dialling })
          const { details } = await peer.reservations.addRelay(relayPeer, 'configured')
          return { endsAtMs: Number(details.reservation.expire) * 1_000 }
        },
        holds: () => peer.reservations.hasReservation(relayPeer),
        onChange: (reserved) => events.reservation({ reserved, peerId }),
        onTrouble: (failures) => moveWith(relay, failures, ending.signal),
      },
      ending.signal,
    )
    peer.reservations.addEventListener('relay:removed', watch.look)
    globalThis.addEventListener('online', watch.look, { signal: ending.signal })
  }

  /** A relay that has moved, or a transport that has given its relay up for good, takes a new peer. */
  async function moveWith(relay: RelayInfo, failures: number, signal: AbortSignal): Promise<void> {
    const now = await readRelay(relayInfoSchema, { origin: relay.audience }, '/info', { tries: 1, signal })
    if (sameRelay(now, relay) && failures < nodeLimits.newPeerAfterFailures) return
    // Not awaited: this very watch ends with it.
    void inTurn(async () => {
      if (running?.ending.signal !== signal) return
      const next = await open(now)
      await close()
      running = next
    })
  }

  async function close(): Promise<void> {
    const ended = running
    running = undefined
    if (!ended) return
    const { peer, ending } = ended
    const reserved = peer.reservations.hasReservation(peerIdFromString(ended.relay.peerId))
    ending.abort(new Error('The node was stopped.'))
    await peer.libp2p.stop()
    if (reserved) events.reservation({ reserved: false, peerId: peer.libp2p.peerId.toString() })
  }

  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const next = last.then(work, work)
    last = next.catch(() => {})
    return next
  }

  return {
    start: (relay) =>
      inTurn(async () => {
        if (!running || !sameRelay(relay, running.relay)) {
          await close()
          running = await open(relay)
        }
        return { peerId: running.peer.libp2p.peerId.toString() }
      }),
    stop: () => inTurn(close),
    state: () => ({
      peerId: running?.peer.libp2p.peerId.toString() ?? null,
      reserved: running?.peer.reservations.hasReservation(peerIdFromString(running.relay.peerId)) ?? false,
      servedBytes,
    }),
  }
}

const sameRelay = (one: RelayInfo, other: RelayInfo) =>
  one.peerId === other.peerId &&
  one.audience === other.audience &&
  JSON.stringify([one.multiaddrs, one.iceServers]) === JSON.stringify([other.multiaddrs, other.iceServers])
