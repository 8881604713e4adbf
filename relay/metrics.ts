import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Head } from './ledger/head.ts'
import type { Database } from './storage/database.ts'

/** What an operator can read at `/metrics`; labels are of our own making, never a stranger's text. */
export class Metrics {
  readonly registry = new Registry()

  readonly requests = this.#counter('carekey_http_requests_total', 'HTTP requests answered.', [
    'route',
    'status',
  ])
  readonly requestSeconds = new Histogram({
    name: 'carekey_http_duration_seconds',
    help: 'From a request to the end of its answer.',
    labelNames: ['route'],
    buckets: [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 60],
    registers: [this.registry],
  })
  readonly pinSeconds = new Histogram({
    name: 'carekey_pin_duration_seconds',
    help: 'From taking up a pin whose blocks are there to its being pinned: all of it read back.',
    buckets: [0.01, 0.05, 0.25, 1, 5, 30, 120],
    registers: [this.registry],
  })
  readonly gatewayBytes = this.#counter(
    'carekey_gateway_bytes_total',
    'Bytes of ciphertext served by the gateway.',
  )
  readonly gatewayRefused = this.#counter('carekey_gateway_refused_total', 'Gateway refusals.', ['reason'])
  readonly uploadedBytes = this.#counter('carekey_uploaded_bytes_total', 'Bytes of blocks received.', ['to'])
  readonly damagedBlocks = this.#counter(
    'carekey_damaged_blocks_total',
    'Blocks found missing or damaged on disk.',
  )
  readonly collectedBlocks = this.#counter(
    'carekey_collected_blocks_total',
    'Blocks removed because nothing keeps them.',
  )
  readonly circuitBytes = this.#counter(
    'carekey_circuit_bytes_total',
    'Bytes that crossed relayed connections.',
  )
  readonly sponsored = this.#counter('carekey_sponsored_total', 'Signed acts by what became of them.', [
    'kind',
    'status',
  ])

  /** Default process metrics keep a timer of their own, so they begin with the process and not with every relay in a test. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.registry })
  }

  /** A number that is read when somebody asks. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void {
    new Gauge({
      name,
      help,
      registers: [this.registry],
      async collect() {
        this.set(await read())
      },
    })
  }

  #counter<L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] })
  }
}

/** What the rooms hold, read from the ledger of pins when somebody asks. */
export function watchRooms(metrics: Metrics, db: Database, head: Head, reservations: () => number): void {
  const number = (sql: string) => async () => (await db.one<{ value: number | null }>(sql))?.value ?? 0
  metrics.gauge('carekey_circuit_reservations', 'Live reservations.', reservations)
  metrics.gauge(
    'carekey_pins',
    'Pins that are pinned.',
    number(`SELECT count(*) AS value FROM pins WHERE status = 'pinned'`),
  )
  metrics.gauge(
    'carekey_pinned_bytes',
    'Bytes that accounts keep.',
    number('SELECT sum(bytes) AS value FROM usage'),
  )
  metrics.gauge(
    'carekey_replicas_pinned',
    'Roots that the upstream service has pinned.',
    number(`SELECT count(*) AS value FROM replicas WHERE status = 'pinned'`),
  )
  metrics.gauge(
    'carekey_replicas_open',
    'Roots on their way to the upstream service, or away from it.',
    number(`SELECT count(*) AS value FROM replicas WHERE status <> 'pinned'`),
  )
  metrics.gauge(
    'carekey_staged_bytes',
    'Bytes waiting to be taken.',
    number('SELECT sum(bytes) AS value FROM staging'),
  )
  metrics.gauge(
    'carekey_stored_bytes',
    'Bytes of blocks on the disk.',
    number('SELECT sum(bytes) AS value FROM blocks'),
  )
  metrics.gauge(
    'carekey_sponsor_queue',
    'Accepted acts that are not on the ledger yet.',
    number(
      `SELECT count(*) AS value FROM acts WHERE status IN ('queued', 'collected', 'submitted') AND block_number IS NULL`,
    ),
  )
  metrics.gauge('carekey_ledger_up', 'Whether the ledger answers.', async () =>
    (await head.read()) === null ? 0 : 1,
  )
  metrics.gauge(
    'carekey_ledger_height',
    'The newest block’s number; not a number while the ledger does not answer.',
    async () => (await head.read()) ?? Number.NaN,
  )
  metrics.gauge('carekey_inbox_messages', 'Messages waiting.', number('SELECT count(*) AS value FROM inbox'))
}
