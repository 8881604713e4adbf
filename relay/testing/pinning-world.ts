import type { CID } from 'multiformats/cid'
import type { Clock } from '../clock.ts'
import type { Account } from '../identity/tokens.ts'
import { silentLog } from '../log.ts'
import { Metrics } from '../metrics.ts'
import { Claims } from '../pinning/claims.ts'
import { Pinner } from '../pinning/pinner.ts'
import { Pins } from '../pinning/pins.ts'
import { uploadBlocks } from '../pinning/uploads.ts'
import { collect } from '../storage/collector.ts'
import type { Database, Value } from '../storage/database.ts'
import { FileBlocks } from '../storage/file-blocks.ts'
import { Gate } from '../storage/gate.ts'
import { SqliteDatabase } from '../storage/sqlite.ts'
import { type Draw, SimulatedDisk } from './simulated-disk.ts'

/** The process is no more: nothing that it had begun goes on. */
export class PowerLost extends Error {
  override readonly name = 'PowerLost'
}

/** How many more calls to disk and database a process makes before its power is lost. */
class Fuse {
  left = Number.POSITIVE_INFINITY

  burn(): void {
    this.left -= 1
    this.check()
  }

  check(): void {
    if (this.left < 0) throw new PowerLost()
  }
}

/** A database that one process speaks to; what it had committed stays when the process is gone. */
class MortalDatabase implements Database {
  readonly #db: Database
  readonly #fuse: Fuse

  constructor(db: Database, fuse: Fuse) {
    this.#db = db
    this.#fuse = fuse
  }

  one<T>(sql: string, ...values: Value[]): Promise<T | null> {
    return this.#call(() => this.#db.one<T>(sql, ...values))
  }

  all<T>(sql: string, ...values: Value[]): Promise<T[]> {
    return this.#call(() => this.#db.all<T>(sql, ...values))
  }

  run(sql: string, ...values: Value[]): Promise<number> {
    return this.#call(() => this.#db.run(sql, ...values))
  }

  transaction<T>(work: () => Promise<T>): Promise<T> {
    return this.#call(() =>
      this.#db.transaction(async () => {
        const result = await work()
        this.#fuse.check()
        return result
      }),
    )
  }

  alone(name: 'sponsor' | 'replicas', work: () => Promise<void>): Promise<boolean> {
    return this.#call(() => this.#db.alone(name, work))
  }

  close(): Promise<void> {
    return this.#db.close()
  }

  /** It may also end right after the call: what was committed stays, and nobody hears of it. */
  async #call<T>(call: () => Promise<T>): Promise<T> {
    this.#fuse.burn()
    const result = await call()
    this.#fuse.burn()
    return result
  }
}

interface Life {
  fuse: Fuse
  db: Database
  store: FileBlocks
  claims: Claims
  pins: Pins
  pinner: Pinner
  gate: Gate
}

const metrics = new Metrics()
const start = Date.UTC(2026, 0, 1)

/** The rooms that keep pins, over a database in memory, a disk whose power can be cut, and a clock of its own. */
export class PinningWorld {
  readonly db: Database = SqliteDatabase.open(':memory:')
  readonly disk: SimulatedDisk
  readonly dir = '/blocks'
  #nowMs = start
  #life: Life | null = null

  constructor(disk = new SimulatedDisk()) {
    this.disk = disk
  }

  get life(): Life {
    if (!this.#life) throw new Error('nothing runs')
    return this.#life
  }

  async begin(): Promise<void> {
    const clock: Clock = () => this.#nowMs
    const fuse = new Fuse()
    const { disk } = this
    // A process that is gone reads nothing either.
    disk.beforeCall = () => fuse.burn()
    const db = new MortalDatabase(this.db, fuse)
    const store = new FileBlocks(this.dir, disk)
    await store.start()
    const claims = new Claims(db, clock)
    const pins = new Pins(db, clock, claims)
    const pinner = new Pinner({ db, store, claims, pins, metrics, log: silentLog })
    this.#life = { fuse, db, store, claims, pins, pinner, gate: new Gate() }
    await pinner.start()
  }

  /** From here on the process has that many calls left. */
  light(calls: number): void {
    this.life.fuse.left = calls
  }

  get isDead(): boolean {
    return this.life.fuse.left < 0
  }

  /** Power is lost, comes back, and a new process starts. */
  async cut(draw: Draw): Promise<void> {
    this.life.fuse.left = -1
    await this.life.pinner.stop()
    this.disk.cut(draw)
    await this.begin()
  }

  async restart(): Promise<void> {
    await this.life.pinner.stop()
    await this.begin()
  }

  passMs(ms: number): void {
    this.#nowMs += ms
  }

  async upload(account: Account, car: Uint8Array, quotaBytes: number): Promise<void> {
    const { db, store, gate, claims, pinner } = this.life
    async function* source(): AsyncGenerator<Uint8Array> {
      yield car
    }
    await uploadBlocks({ db, store, gate, claims, pinner }, account, source(), quotaBytes)
  }

  /** Adds a pin and waits for its first walk; the request id. */
  async pin(account: Account, cid: CID, replaces: string | null = null): Promise<string> {
    const { pins, pinner } = this.life
    const requestid = await pins.add(account, { cid: cid.toString() }, replaces)
    await pinner.begin({ requestid, account, cid, settleByMs: 0 })
    return requestid
  }

  async statusOf(account: Account, requestid: string): Promise<string> {
    return (await this.life.pins.get(account, requestid, [])).status
  }

  async sweep(): Promise<void> {
    await this.life.pins.sweep()
    await this.life.claims.sweep()
  }

  collect(): Promise<number> {
    const { db, store, gate } = this.life
    const clock: Clock = () => this.#nowMs
    return collect({ db, store, gate, clock, metrics }, new AbortController().signal)
  }

  async end(): Promise<void> {
    await this.life.pinner.stop()
    await this.db.close()
  }
}
