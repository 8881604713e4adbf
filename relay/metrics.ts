import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client'

/** What an operator can read at `/metrics`; labels are of our own making, never a stranger's text. */
export class Metrics {
  readonly registry = new Registry()

  readonly requests = this.#counter('carekey_http_requests_total', 'HTTP requests answered.', ['route', 'status'])
  readonly gatewayBytes = this.#counter('carekey_gateway_bytes_total', 'Bytes of ciphertext served by the gateway.')
  readonly gatewayRefused = this.#counter('carekey_gateway_refused_total', 'Gateway refusals.', ['reason'])
  readonly uploadedBytes = this.#counter('carekey_uploaded_bytes_total', 'Bytes of blocks received.', ['to'])
  readonly damagedBlocks = this.#counter('carekey_damaged_blocks_total', 'Blocks found missing or damaged on disk.')
  readonly collectedBlocks = this.#counter('carekey_collected_blocks_total', 'Blocks removed because nothing keeps them.')
  readonly circuitBytes = this.#counter('carekey_circuit_bytes_total', 'Bytes that crossed relayed connections.')
  readonly sponsored = this.#counter('carekey_sponsored_total', 'Signed acts by what became of them.', ['kind', 'status'])

  /** Default process metrics keep a timer of their own, so they begin with the process and not with every relay in a test. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry })
  }

  /** A number that is read when somebody asks. */
  gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        this.set(read())
      },
    })
  }

  #counter<L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] })
  }
}
