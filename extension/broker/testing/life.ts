import { type Broker, createBroker } from '../broker.ts'
import { ledgerOf } from '../ledger.ts'
import type { ProviderReply } from '../outcome.ts'
import type { IndexCopy, Pages, Table, Tables, World } from '../ports.ts'
import { registryOf } from '../registry.ts'
import type { TestChain } from './chain.ts'
import type { Hospital } from './hospital.ts'
import { memoryItem, memoryLog, memoryTable } from './memory.ts'
import { type TestNode, testNode } from './node.ts'
import { patientVault, type TestVault } from './patient.ts'
import type { TestRelay } from './relay.ts'

/** What outlives the background: the disk, the node's document, the keys. */
export interface Disk {
  tables: Tables
  log: ReturnType<typeof memoryLog>
  vault: TestVault
  node: TestNode
  items: {
    blocks: ReturnType<typeof memoryItem<Record<string, number[]>>>
    backup: ReturnType<typeof memoryItem<unknown>>
  }
}

const now = () => Math.floor(Date.now() / 1_000)

export function newDisk(relay: TestRelay, seed = crypto.getRandomValues(new Uint8Array(64))): Disk {
  return {
    tables: {
      requests: memoryTable(),
      records: memoryTable(),
      grants: memoryTable(),
      connections: memoryTable(),
      carers: memoryTable(),
      caredFor: memoryTable(),
    },
    log: memoryLog(now),
    vault: patientVault(seed),
    node: testNode(relay),
    items: { blocks: memoryItem({}), backup: memoryItem(null as unknown) },
  }
}

/** One life of the background over a disk. */
export interface Life {
  broker: Broker
  world: World
  windows: (string | undefined)[]
  notifications: string[]
  emitted: { origin: string; event: string }[]
  /** Effects so far: everything that changes something outside the broker. */
  effects(): number
  /** Resolves when the background has died. */
  dead: Promise<void>
  call(
    page: { origin: string; document?: string; call?: string },
    method: string,
    params: unknown,
  ): Promise<ProviderReply>
}

export interface LifeOptions {
  /** Dies right after so many effects: nothing of it ever returns. */
  dieAfter?: number
  /** Unix milliseconds, for counting calls; a test that calls much lets time fly. */
  nowMs?: () => number
  /** Documents that are still open in a tab. */
  isThere?: (documentId: string) => boolean
}

export function startLife(chain: TestChain, relay: TestRelay, disk: Disk, options: LifeOptions = {}): Life {
  let count = 0
  let die = () => {}
  const dead = new Promise<void>((resolve) => {
    die = resolve
  })
  const limit = options.dieAfter ?? Number.POSITIVE_INFINITY
  const forever = () => new Promise<never>(() => {})
  const effect = async <T>(act: () => Promise<T>): Promise<T> => {
    if (count >= limit) return await forever()
    const result = await act()
    count += 1
    if (count < limit) return result
    die()
    return await forever()
  }
  const table = <T>(inner: Table<T>): Table<T> => ({
    ...inner,
    put: (id, value) => effect(() => inner.put(id, value)),
    delete: (id) => effect(() => inner.delete(id)),
  })
  const client = new Proxy(relay.client, {
    get: (target, name) => {
      const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>
      return (...args: unknown[]) => effect(() => method(...args))
    },
  })
  const ledger = ledgerOf(chain.network)
  const windows: Life['windows'] = []
  const notifications: string[] = []
  const emitted: Life['emitted'] = []
  const pages: Pages = {
    emit: (origin, event) => emitted.push({ origin, event }),
    isThere: async (_tab, documentId) => options.isThere?.(documentId) ?? true,
    notice: () => undefined,
  }
  const index: IndexCopy = {
    export: async () =>
      new TextEncoder().encode(JSON.stringify({ records: await disk.tables.records.all() })),
    import: async () => undefined,
  }
  const { vault } = disk
  const broker = createBroker(
    {
      network: chain.network,
      vault: {
        ...vault,
        signAs: (organization, data) => effect(() => vault.signAs(organization, data)),
        createStorageHeader: () => effect(() => vault.createStorageHeader()),
      },
      node: { call: (type, request) => effect(() => disk.node.port.call(type, request)) },
      relay: () => client,
      ledger,
      registry: registryOf(ledger, memoryItem(null as unknown), now),
      tables: {
        requests: table(disk.tables.requests),
        records: table(disk.tables.records),
        grants: table(disk.tables.grants),
        connections: table(disk.tables.connections),
        carers: table(disk.tables.carers),
        caredFor: table(disk.tables.caredFor),
      },
      log: { ...disk.log, append: (line) => effect(() => disk.log.append(line)) },
      index,
      pages,
      openWindow: async (request) => {
        windows.push(request)
      },
      notify: async ({ id }) => {
        notifications.push(id)
      },
      now,
      nowMs: options.nowMs ?? Date.now,
      changed: () => undefined,
    },
    disk.items,
  )
  return {
    broker,
    world: broker.world,
    windows,
    notifications,
    emitted,
    effects: () => count,
    dead,
    call(page, method, params) {
      const caller = {
        origin: page.origin,
        tabId: 1,
        documentId: page.document ?? 'document-1',
        call: page.call ?? crypto.randomUUID(),
      }
      return broker.calls.answer(caller, method, params, new AbortController().signal)
    },
  }
}

/** Waits for a condition of the world, not for time. */
export async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + 10_000
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > end) throw new Error(`It never came: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** The request of a kind that waits for a person. */
export const readyRequest = (life: Life, kind: string) =>
  until(`a ${kind} request that is ready`, async () =>
    (await life.broker.queue.all()).find((one) => one.kind === kind && one.state.name === 'ready'),
  )

/** Connects a hospital the way a page would, with the patient saying yes. */
export async function connect(
  life: Life,
  hospital: Hospital,
): Promise<{ patient: string; recipient: string }> {
  const { origin } = hospital.organization
  const answer = life.call({ origin }, 'care_connect', await hospital.challenge())
  // Who is connected already is not asked again; this one then waits on, and may come upon the request of another call.
  readyRequest(life, 'connect')
    .then((request) => life.broker.decide(request.id, { outcome: 'approve' }))
    .catch(() => undefined)
  const reply = await answer
  if (!('result' in reply)) throw new Error(JSON.stringify(reply))
  const connection = reply.result as { patient: string; recipient: string }
  const voucher = await hospital.voucher(connection.patient)
  await life.call({ origin }, 'care_connect', { voucher })
  return connection
}
