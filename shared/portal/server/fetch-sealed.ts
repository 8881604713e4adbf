import { setTimeout as pause } from 'node:timers/promises'
import { CarekeyError } from '../../protocol/errors.ts'
import type { CidText, GrantId } from '../../protocol/ids.ts'
import { limits as wire } from '../../protocol/limits.ts'
import { limits } from './limits.ts'
import type { Settings, Transport } from './options.ts'
import type { Relay } from './relay.ts'
import type { Dialer } from './retrieve/node.ts'

export interface SealedWish {
  grant: GrantId
  cid: CidText
  /** Default: the largest sealed record. */
  maxBytes?: number
  /** Default: the portal's. */
  transport?: Transport
  /** The patient's node behind the portal's relay, where it is already known; else the relay is asked. */
  peer?: string
  signal?: AbortSignal
}

export interface SealedFile {
  bytes: Uint8Array
  transport: 'webrtc' | 'gateway'
}

export interface Fetcher {
  /**
   * Ciphertext that a grant opens. `auto` asks the patient's own browser first and the relay whenever that fails:
   * the relay asks the ledger the same questions.
   */
  fetchSealed(wish: SealedWish): Promise<SealedFile>
  /** Ends the connections to patients' browsers. */
  stop(): Promise<void>
}

export function createFetcher(settings: Settings, relay: Relay): Fetcher {
  let dialer: Promise<Dialer> | undefined

  // libp2p and its native WebRTC are loaded when the first patient is online, not before.
  async function startDialer(): Promise<Dialer> {
    const { createDialer } = await import('./retrieve/node.ts')
    return createDialer(await relay.info(), settings.relay)
  }

  async function dialerTo(peer: string): Promise<Dialer> {
    dialer ??= startDialer().catch((error: unknown) => {
      dialer = undefined
      throw error
    })
    const running = await dialer
    // The relay may have moved since.
    if (!running.reaches(peer)) running.follow(await relay.info())
    return running
  }

  async function fromPatient(wish: SealedWish, maxBytes: number): Promise<SealedFile> {
    const peer = wish.peer ?? (await relay.peerOf(wish.grant, wish.signal))
    if (peer === null) {
      throw new CarekeyError('relay-unreachable', 'The patient’s own browser is not online right now.')
    }
    const { retrieve } = await import('./retrieve/retrieve.ts')
    const { grant, cid, signal } = wish
    const bytes = await retrieve(await dialerTo(peer), settings, { grant, cid, peer, maxBytes, signal })
    return { bytes, transport: 'webrtc' }
  }

  const fromRelay = async ({ grant, cid, signal }: SealedWish, maxBytes: number): Promise<SealedFile> => ({
    bytes: await relay.fetchFile(grant, cid, maxBytes, signal),
    transport: 'gateway',
  })

  return {
    async fetchSealed(wish) {
      const { transport = settings.transport, maxBytes = wire.sealedRecordMaxBytes } = wish
      if (transport === 'gateway') return fromRelay(wish, maxBytes)
      if (transport === 'webrtc') return fromPatient(wish, maxBytes)
      try {
        return await fromPatient(wish, maxBytes)
      } catch (error) {
        wish.signal?.throwIfAborted()
        if (!(error instanceof CarekeyError)) throw error
        return fromRelay(wish, maxBytes)
      }
    },
    async stop() {
      const running = dialer
      dialer = undefined
      const node = (await running?.catch(() => undefined))?.node
      if (!node) return
      // One that a patient's node has refused may wait for good for its other end (libp2p 3.3).
      for (const connection of node.getConnections()) connection.abort(new Error('The portal stops.'))
      await Promise.race([node.stop(), pause(limits.stopWaitMs, undefined, { ref: false })])
    },
  }
}
