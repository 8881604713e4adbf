import type { Connection, Stream } from '@libp2p/interface'
import { WebRTC } from '@multiformats/multiaddr-matcher'
import { toHex } from '../../../shared/crypto/bytes.ts'
import { isReason, type Reason } from '../../../shared/protocol/errors.ts'
import { encodeFrame, readOnlyFrame } from '../../../shared/protocol/frames.ts'
import { limits } from '../../../shared/protocol/limits.ts'
import {
  type RetrievalAnswer,
  type RetrievalProof,
  retrievalProofSchema,
} from '../../../shared/protocol/sign-in.ts'
import { nodeLimits } from '../limits.ts'
import { within } from '../pause.ts'

/** What a server of records needs to know of its surroundings. */
export interface Serving {
  peerId: string
  /** Asks the ledger, the grants and the lock; a rejection is a refusal. */
  authorize(proof: RetrievalProof): Promise<RetrievalAnswer>
  has(cid: RetrievalProof['cid']): Promise<boolean>
  /** A CARv1. */
  car(cid: RetrievalProof['cid']): AsyncIterable<Uint8Array>
  onServed(served: { grant: RetrievalProof['grant']; cid: RetrievalProof['cid']; bytes: number }): void
}

/** The handler of the retrieval protocol (protocol, section 9). It never throws: a stranger's mistake ends his stream. */
export function serveRecords(serving: Serving): (stream: Stream, connection: Connection) => Promise<void> {
  let underWay = 0

  return async (stream, connection) => {
    const ending = new AbortController()
    const limit = setTimeout(() => ending.abort(), nodeLimits.serveTimeoutMs)
    const { signal } = ending
    const abort = () => stream.abort(new Error('The fetch took too long.'))
    signal.addEventListener('abort', abort, { once: true })
    stream.addEventListener('close', () => ending.abort(), { once: true })
    underWay += 1
    try {
      if (!isDirect(connection)) await refuse(stream, 'forbidden', signal)
      else if (underWay > nodeLimits.servedAtOnceMax) await refuse(stream, 'rate-limited', signal)
      else await answer(serving, stream, signal)
      await stream.close({
        signal: AbortSignal.any([signal, AbortSignal.timeout(nodeLimits.drainTimeoutMs)]),
      })
    } catch {
      stream.abort(new Error('The fetch ended early.'))
    } finally {
      underWay -= 1
      clearTimeout(limit)
      signal.removeEventListener('abort', abort)
    }
  }
}

/** The relay sees what crosses it, and has a limit of its own: records never go that way. */
function isDirect(connection: Connection): boolean {
  return connection.limits === undefined && connection.direct && WebRTC.matches(connection.remoteAddr)
}

async function answer(serving: Serving, stream: Stream, signal: AbortSignal): Promise<void> {
  const nonce = toHex(crypto.getRandomValues(new Uint8Array(32)))
  await send(stream, encodeFrame({ nonce }), signal)
  const frame = await within(readOnlyFrame(stream), nodeLimits.proofTimeoutMs, signal)
  const proof = retrievalProofSchema.safeParse(frame)
  if (!proof.success) return refuse(stream, 'params-invalid', signal)
  const refusal = refusalOf(proof.data, nonce, serving.peerId) ?? (await decide(serving, proof.data, signal))
  if (refusal) return refuse(stream, refusal, signal)
  if (!(await serving.has(proof.data.cid))) return refuse(stream, 'record-missing', signal)
  await send(stream, encodeFrame({ ok: true }), signal)
  await streamCar(serving, stream, proof.data, signal)
}

async function streamCar(
  serving: Serving,
  stream: Stream,
  { grant, cid }: RetrievalProof,
  signal: AbortSignal,
) {
  let bytes = 0
  try {
    for await (const piece of serving.car(cid)) {
      await send(stream, piece, signal)
      bytes += piece.length
    }
  } finally {
    // Also of a transfer that broke off: what has left this browser may have been read.
    if (bytes > 0) serving.onServed({ grant, cid, bytes })
  }
}

function refusalOf(proof: RetrievalProof, nonce: string, peerId: string): Reason | undefined {
  const now = Math.floor(Date.now() / 1_000)
  if (proof.nonce !== nonce) return 'request-replayed'
  if (proof.peer !== peerId) return 'forbidden'
  if (proof.deadline + limits.clockSkewSeconds < now) return 'deadline-passed'
  if (proof.deadline > now + limits.signInMaxSeconds + limits.clockSkewSeconds) return 'deadline-too-far'
  return undefined
}

async function decide(
  serving: Serving,
  proof: RetrievalProof,
  signal: AbortSignal,
): Promise<Reason | undefined> {
  const decision = await within(serving.authorize(proof), nodeLimits.authorizeTimeoutMs, signal).catch(
    () => undefined,
  )
  if (!decision) return 'internal'
  if (decision.ok) return undefined
  return isReason(decision.reason) ? decision.reason : 'forbidden'
}

const refuse = (stream: Stream, reason: Reason, signal: AbortSignal) =>
  send(stream, encodeFrame({ ok: false, reason }), signal)

/** Waits until the connection can take more, so that a slow reader does not fill our memory. */
async function send(stream: Stream, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (stream.send(bytes)) return
  await stream.onDrain({ signal: AbortSignal.any([signal, AbortSignal.timeout(nodeLimits.drainTimeoutMs)]) })
}
