import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newPatient } from '../../shared/contracts/test-ledger.ts'
import { relayInfoSchema, tokenReplySchema } from '../../shared/protocol/relay-api.ts'
import { silentLog } from '../log.ts'
import { randomCar } from '../testing/car.ts'
import { Client } from '../testing/client.ts'
import { startTestNetwork, type TestNetwork } from '../testing/network.ts'
import { type RelayHere, startRelayHere } from '../testing/relay-here.ts'
import { placeAt, storageAt } from '../testing/storage.ts'
import { PostgresDatabase } from './postgres.ts'
import { PostgresGate } from './postgres-gate.ts'

let net: TestNetwork
let dataDir: string
let one: RelayHere
let other: RelayHere

const publicUrl = 'https://relay.example'

beforeAll(async () => {
  net = await startTestNetwork()
  dataDir = net.newDir()
  const shared = await placeAt(dataDir)
  // Behind one name, each with a folder of its own for what is its own.
  const start = () => startRelayHere(net, { ...shared, dataDir: net.newDir(), publicUrl, sponsorKey: null })
  one = await start()
  other = await start()
})
afterAll(async () => {
  await one?.stop()
  await other?.stop()
  await net?.stop()
})

describe('two relays over one database and one store', () => {
  it('take a nonce and a token of each other, a nonce only once', async () => {
    const account = newPatient()
    const signIn = await one.anonymous.signIn(account, { audience: publicUrl as never })
    const answers = await Promise.all(
      [one, other].map(({ anonymous }) => anonymous.call('POST /auth/token', signIn)),
    )
    expect(answers.map(({ reason }) => reason).sort()).toEqual(['201', 'request-replayed'])
    const { token } = answers.find(({ status }) => status === 201)?.json(tokenReplySchema) ?? { token: '' }
    for (const { url } of [one, other]) {
      expect((await new Client(url, net.network, token).call('GET /pins')).status).toBe(200)
    }
  })

  it('serve what was pinned at the other', async () => {
    const account = newPatient()
    const signIn = await one.anonymous.signIn(account, { audience: publicUrl as never })
    const { token } = (await one.anonymous.call('POST /auth/token', signIn)).json(tokenReplySchema)
    const car = await randomCar(3, 50_000)
    await new Client(one.url, net.network, token).pin(car)
    const read = await new Client(other.url, net.network, token).call(`GET /ipfs/${car.root}?format=car`)
    expect(Buffer.from(read.bytes).equals(car.bytes)).toBe(true)
  })

  it('name each other’s circuits, their own first', async () => {
    const infos = await Promise.all(
      [one, other].map(async ({ anonymous }) => (await anonymous.call('GET /info')).json(relayInfoSchema)),
    )
    for (const info of infos) {
      expect(info.multiaddrs[0]).toContain(info.peerId)
      expect(new Set(info.multiaddrs)).toEqual(new Set(infos.flatMap(({ multiaddrs }) => multiaddrs)))
    }
  })
})

describe('the sponsors of both', () => {
  it('give nonces one at a time, and go on when one of them has gone', async () => {
    const { databaseUrl } = await placeAt(dataDir)
    const [here, there] = await Promise.all(
      [0, 1].map(() => PostgresDatabase.open(databaseUrl ?? '', silentLog)),
    )
    if (!here || !there) throw new Error('no databases')
    const met: string[] = []
    const done = await here.alone('sponsor', async () => {
      met.push('here')
      expect(await there.alone('sponsor', async () => void met.push('there'))).toBe(false)
    })
    expect([done, met]).toEqual([true, ['here']])
    await expect(here.alone('sponsor', () => Promise.reject(new Error('fails')))).rejects.toThrow('fails')
    expect(await there.alone('sponsor', async () => void met.push('there'))).toBe(true)
    expect(met).toEqual(['here', 'there'])
    await Promise.all([here.close(), there.close()])
  })
})

describe('the gate between them', () => {
  it('lets writers of both in together, and the collector of either alone', async () => {
    const { databaseUrl } = await placeAt(dataDir)
    const databases = await Promise.all([0, 1].map(() => PostgresDatabase.open(databaseUrl ?? '', silentLog)))
    const [here, there] = databases.map((db) => new PostgresGate(db))
    if (!here || !there) throw new Error('no gates')
    const seen: string[] = []
    const hold = (name: string) => async () => {
      seen.push(`${name} in`)
      await delay(50)
      seen.push(`${name} out`)
    }
    const writers = [here.shared(hold('a')), there.shared(hold('b'))]
    await expect.poll(() => seen.length).toBeGreaterThan(1)
    expect(seen.slice(0, 2).sort()).toEqual(['a in', 'b in'])
    await Promise.all([
      ...writers,
      here.exclusive(hold('X')),
      there.exclusive(hold('Y')),
      there.shared(hold('c')),
    ])
    for (const alone of ['X', 'Y']) expect(seen.indexOf(`${alone} out`)).toBe(seen.indexOf(`${alone} in`) + 1)
    await Promise.all(databases.map((db) => db.close()))
  })

  it('acknowledges nothing of a writer whose lock went with its connection', async () => {
    const { db } = await storageAt(dataDir)
    if (!(db instanceof PostgresDatabase)) throw new Error('not PostgreSQL')
    const gate = new PostgresGate(db)
    const work = gate.shared(async () => {
      await db.run(
        `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND mode = 'ShareLock'`,
      )
      await delay(100)
    })
    await expect(work).rejects.toThrow('lock')
    await db.close()
  })
})
