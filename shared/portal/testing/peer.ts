import { circuitRelayServer, circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import type { Connection, Stream } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { webRTC } from '@libp2p/webrtc'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { createLibp2p, type Libp2p } from 'libp2p'
import { recoverTypedDataAddress } from 'viem'
import { randomSalt } from '../../crypto/commit.ts'
import { encodeFrame, frameReader } from '../../protocol/frames.ts'
import {
  RETRIEVAL_PROTOCOL,
  type RetrievalProof,
  retrievalProofSchema,
  retrievalTypedData,
} from '../../protocol/sign-in.ts'
import type { Deployment } from '../../protocol/typed-data.ts'

const plain = {
  connectionEncrypters: [noise()],
  streamMuxers: [yamux()],
  connectionGater: { denyDialMultiaddr: () => false },
}

/** A real circuit relay on loopback. */
export const startCircuitRelay = (): Promise<Libp2p> =>
  createLibp2p({
    ...plain,
    addresses: { listen: ['/ip4/127.0.0.1/tcp/0/ws'] },
    transports: [webSockets()],
    services: { identify: identify(), relay: circuitRelayServer() },
  })

export interface PatientNode {
  node: Libp2p
  /** Where it can be dialled by WebRTC, through the relay's signalling. */
  address: string
}

/**
 * A node that can be reached by WebRTC alone, as the extension's is. `admit` is told its peer id before it asks the relay
 * for a reservation.
 */
export async function startPatientNode(
  relay: string,
  until: AbortSignal,
  admit: (peerId: string) => Promise<unknown> = async () => undefined,
): Promise<PatientNode> {
  const node = await createLibp2p({
    ...plain,
    start: false,
    addresses: { listen: [`${relay}/p2p-circuit`, '/webrtc'] },
    transports: [webSockets(), circuitRelayTransport(), webRTC({ rtcConfiguration: { iceServers: [] } })],
    services: { identify: identify() },
  })
  await admit(node.peerId.toString())
  await node.start()
  for (;;) {
    const address = node.getMultiaddrs().find((one) => one.toString().includes('/webrtc/p2p/'))
    if (address) return { node, address: address.toString() }
    await new Promise((resolve, reject) => {
      until.addEventListener('abort', () => reject(until.reason), { once: true })
      node.addEventListener('self:peer:update', resolve, { once: true })
    })
  }
}

export interface Serving {
  deployment: Deployment
  /** The CAR that a proof opens, or the reason of a refusal. */
  answer(proof: RetrievalProof, signer: string): Uint8Array | string
  /** What was sent, for tests that count. */
  seen?: (connection: Connection) => void
}

/** Serves the retrieval protocol (section 9), with the checks that a node must make. */
export function serveRetrieval({ node }: PatientNode, serving: Serving): Promise<void> {
  return node.handle(RETRIEVAL_PROTOCOL, async (stream: Stream, connection: Connection) => {
    serving.seen?.(connection)
    try {
      await answerOne(node, stream, serving)
      await stream.close()
    } catch (error) {
      stream.abort(error instanceof Error ? error : new Error(String(error)))
    }
  })
}

async function answerOne(node: Libp2p, stream: Stream, { deployment, answer }: Serving): Promise<void> {
  const nonce = randomSalt()
  const reader = frameReader(stream)
  stream.send(encodeFrame({ nonce }))
  const proof = retrievalProofSchema.parse(await reader.frame())
  const { signature, ...message } = proof
  const signer = await recoverTypedDataAddress({ ...retrievalTypedData(deployment, message), signature })
  const fresh = proof.nonce === nonce && proof.peer === node.peerId.toString()
  const car = fresh ? answer(proof, signer.toLowerCase()) : 'signature-wrong'
  if (typeof car === 'string') {
    stream.send(encodeFrame({ ok: false, reason: car }))
    return
  }
  stream.send(encodeFrame({ ok: true }))
  const pieceBytes = 64 * 1_024
  for (let offset = 0; offset < car.length; offset += pieceBytes) {
    if (!stream.send(car.subarray(offset, offset + pieceBytes))) await stream.onDrain()
  }
}
