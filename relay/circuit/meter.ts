import { RELAY_V2_HOP_CODEC, RELAY_V2_STOP_CODEC } from '@libp2p/circuit-relay-v2'
import type {
  Counter,
  CounterGroup,
  Histogram,
  HistogramGroup,
  Metric,
  MetricGroup,
  Metrics,
  Stream,
  Summary,
  SummaryGroup,
} from '@libp2p/interface'

const noTimer = () => () => {}
const nothing = (): void => {}
const metric: Metric & MetricGroup = {
  update: nothing,
  increment: nothing,
  decrement: nothing,
  reset: nothing,
  timer: noTimer,
}
const counter: Counter & CounterGroup = { increment: nothing, reset: nothing }
const observer: Histogram & HistogramGroup & Summary & SummaryGroup = {
  observe: nothing,
  reset: nothing,
  timer: noTimer,
}

/**
 * Counts what the relay sends on hop and stop streams: each byte that crosses a relayed connection is sent on exactly one of them, besides some
 * 200 bytes of handshake. libp2p's place for this is its metrics; all its other figures are dropped.
 *
 * Neither of the seeming alternatives works (libp2p 3.3.11): a `message` listener takes data away between the handshake and the joining of the
 * streams, and middleware on a protocol makes its handler run once more with each stream.
 */
export class CircuitMeter implements Metrics {
  readonly #count: (bytes: number) => void

  constructor(count: (bytes: number) => void) {
    this.#count = count
  }

  trackProtocolStream(stream: Stream): void {
    if (stream.protocol !== RELAY_V2_HOP_CODEC && stream.protocol !== RELAY_V2_STOP_CODEC) return
    const send = stream.send.bind(stream)
    stream.send = (data) => {
      this.#count(data.byteLength)
      return send(data)
    }
  }

  trackMultiaddrConnection(): void {}

  readonly registerMetric = () => metric
  readonly registerMetricGroup = () => metric
  readonly registerCounter = () => counter
  readonly registerCounterGroup = () => counter
  readonly registerHistogram = () => observer
  readonly registerHistogramGroup = () => observer
  readonly registerSummary = () => observer
  readonly registerSummaryGroup = () => observer

  traceFunction<F>(_name: string, traced: F): F {
    return traced
  }

  createTrace(): undefined {}
}
