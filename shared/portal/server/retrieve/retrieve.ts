import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { Libp2p } from 'libp2p'
import { CarekeyError, isReason } from '../../../protocol/errors.ts'
import { encodeFrame, frameReader } from '../../../protocol/frames.ts'
import type { CidText, GrantId } from '../../../protocol/ids.ts'
import {
  RETRIEVAL_PROTOCOL,
  retrievalAnswerSchema,
  retrievalNonceSchema,
  retrievalTypedData,
} from '../../../protocol/sign-in.ts'
import { limits } from '../limits.ts'
import { type Settings, unixNow } from '../options.ts'
import { unpackCar } from '../sealed-file.ts'
import { sign } from '../signature.ts'
import type { Dialer } from './node.ts'

export interface Retrieval {
  grant: GrantId
  cid: CidText
  /** Where the patient's node is, behind the dialer's relay; it ends in its peer id. */
  peer: string
  maxBytes: number
  signal?: AbortSignal | undefined
}

/**
 * Fetches one file straight from the patient's node (protocol, section 9).
 * Throws CarekeyError with the node's reason, `record-damaged`, or `relay-unreachable` when it cannot be reached.
 */
export async function retrieve(dialer: Dialer, settings: Settings, wish: Retrieval): Promise<Uint8Array> {
  if (!dialer.reaches(wish.peer)) throw unreachable(undefined)
  const timeout = AbortSignal.timeout(limits.retrievalTimeoutMs)
  const signal = wish.signal ? AbortSignal.any([wish.signal, timeout]) : timeout
  const stream = await open(dialer.node, wish.peer, signal)
  const abort = () => stream.abort(new Error('The fetch was given up.'))
  signal.addEventListener('abort', abort, { once: true })
  try {
    const bytes = await exchange(stream, settings, wish)
    await stream.close({ signal })
    return bytes
  } catch (cause) {
    abort()
    if (cause instanceof CarekeyError) throw cause
    throw unreachable(cause)
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

async function exchange(stream: Stream, settings: Settings, wish: Retrieval): Promise<Uint8Array> {
  const reader = frameReader(stream)
  const { nonce } = retrievalNonceSchema.parse(await reader.frame())
  const message = {
    grant: wish.grant,
    cid: wish.cid,
    peer: peerIdOf(wish.peer),
    nonce,
    deadline: unixNow() + limits.retrievalProofSeconds,
  }
  const signature = await sign(settings.account, retrievalTypedData(settings.network, message))
  stream.send(encodeFrame({ ...message, signature }))
  const answer = retrievalAnswerSchema.parse(await reader.frame())
  if (!answer.ok) {
    const reason = isReason(answer.reason) ? answer.reason : 'internal'
    throw new CarekeyError(reason, 'The patient’s own browser refuses to hand out this record.')
  }
  return unpackCar(reader.rest(), wish.cid, wish.maxBytes)
}

/**
 * A fresh WebRTC dial now and then hangs for good (libp2p 3.3 with its patch, Node 24, a loaded machine: 2 of 65 in
 * November 2026); a good one took 1.1 s at most. So: a short limit, and again. Other failures are tried twice.
 */
async function open(node: Libp2p, peer: string, signal: AbortSignal): Promise<Stream> {
  const all = AbortSignal.any([signal, AbortSignal.timeout(limits.dialTotalMs)])
  for (let failures = 0; ; ) {
    const one = AbortSignal.any([all, AbortSignal.timeout(limits.dialTimeoutMs)])
    try {
      // A relayed connection would be refused, and must not carry records: only the WebRTC address is dialled.
      const options = { signal: one, runOnLimitedConnection: false }
      return await node.dialProtocol(multiaddr(peer), RETRIEVAL_PROTOCOL, options)
    } catch (cause) {
      // A dial that joins one which is just being given up gets that one's end, before its own limit.
      const hung = one.aborted || (cause instanceof Error && givenUp.has(cause.name))
      if (!hung) failures++
      if (all.aborted || failures >= limits.dialTries) throw unreachable(cause)
    }
  }
}

const givenUp: ReadonlySet<string> = new Set(['TimeoutError', 'AbortError'])

const peerIdOf = (address: string): string => address.split('/p2p/').at(-1) ?? ''

const unreachable = (cause: unknown) =>
  new CarekeyError('relay-unreachable', 'The patient’s own browser cannot be reached right now.', { cause })
