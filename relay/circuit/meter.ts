import { RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2'
import type { Libp2p, Stream, StreamMiddleware } from '@libp2p/interface'

/**
 * Counts what the relay sends on hop and stop streams: each byte that crosses a relayed connection is sent on exactly one of them. (A `message`
 * listener would count as well, but takes data away in the moment between the handshake and the joining of the two streams.)
 */
export function meterCircuits(node: Pick<Libp2p, 'use'>, count: (bytes: number) => void): void {
  const middleware: StreamMiddleware = (stream, connection, next) => {
    meterStream(stream, count)
    next(stream, connection)
  }
  node.use(RELAY_V2_HOP_CODEC, middleware)
  node.use(RELAY_V2_STOP_CODEC, middleware)
}

function meterStream(stream: Stream, count: (bytes: number) => void): void {
  const send = stream.send.bind(stream)
  stream.send = (data) => {
    count(data.byteLength)
    return send(data)
  }
}
