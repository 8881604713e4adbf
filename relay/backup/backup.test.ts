import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { newPatient } from '../../shared/contracts/test-ledger.ts'
import { inboxReplySchema, pinStatusSchema } from '../../shared/protocol/relay-api.ts'
import { FileBlocks } from '../storage/file-blocks.ts'
import { SqliteDatabase } from '../storage/sqlite.ts'
import { randomCar } from '../testing/car.ts'
import { Client } from '../testing/client.ts'
import { freePort } from '../testing/free-port.ts'
import { startTestNetwork, type TestNetwork } from '../testing/network.ts'
import { type RelayProcess, startRelayProcess } from '../testing/relay-process.ts'
import { blockFile } from '../testing/storage.ts'
import { restoreBackup } from './restore.ts'
import { saveBackup } from './save.ts'

let net: TestNetwork
let place: { dir: string; port: number; wsPort: number }
let relay: RelayProcess
let anonymous: Client

beforeAll(async () => {
  net = await startTestNetwork()
  place = { dir: net.newDir(), port: await freePort(), wsPort: await freePort() }
  relay = await startRelayProcess(net, place)
  anonymous = new Client(relay.url, net.network)
})
afterAll(async () => {
  await relay?.kill('SIGKILL')
  await net?.stop()
})

// Each test starts several processes.
vi.setConfig({ testTimeout: 120_000 })

type Car = Awaited<ReturnType<typeof randomCar>>

/** As an operator runs it. */
async function command(script: 'save-backup' | 'restore-backup', dataDir: string, ...args: string[]) {
  const env = { PATH: process.env.PATH ?? '', RELAY_DATA: dataDir, LEDGER_NETWORK: net.networkFile }
  const file = join(import.meta.dirname, '..', `${script}.ts`)
  const run = promisify(execFile)(process.execPath, [file, ...args], { env })
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  )
}

async function requireWhole(client: Client, requestid: string, car: Car): Promise<void> {
  expect((await client.call(`GET /pins/${requestid}`)).json(pinStatusSchema).status).toBe('pinned')
  const read = await client.call(`GET /ipfs/${car.root}?format=car`)
  expect(Buffer.from(read.bytes).equals(car.bytes)).toBe(true)
}

describe('a backup of a running relay', () => {
  it('has every pin and message that was acknowledged before it began, under writes, and brings them back', async () => {
    const [account, patient] = [newPatient(), newPatient()]
    const client = await anonymous.signedIn(account)
    const acknowledged: { requestid: string; car: Car }[] = []
    let isWriting = true
    const write = async (): Promise<void> => {
      while (isWriting) {
        const car = await randomCar(3, 30_000)
        acknowledged.push({ requestid: await client.pin(car), car })
        const passing = await client.pin(await randomCar(1, 1_000))
        await client.call(`DELETE /pins/${passing}`)
      }
    }
    const writers = Promise.all([write(), write(), write()])
    const hospital = await anonymous.signedIn(net.ledger.stBrigid.signer)
    await hospital.call(`POST /inbox/${patient.address}`, new Uint8Array(10))
    await expect.poll(() => acknowledged.length, { timeout: 60_000 }).toBeGreaterThan(20)

    const before = acknowledged.length
    const to = net.newDir()
    const saved = await command('save-backup', place.dir, '--to', to)
    expect(saved).toMatchObject({ code: 0, stderr: '' })
    expect(acknowledged.length).toBeGreaterThan(before)
    isWriting = false
    await writers
    for (const name of ['relay.db', 'peer.key', 'blinding.key', 'backup.json'])
      expect(statSync(join(to, name)).mode & 0o777).toBe(0o600)

    await relay.kill('SIGKILL')
    const dir = join(net.newDir(), 'restored')
    const restored = await command('restore-backup', dir, '--from', to)
    expect(restored).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Restored \d+ pins/),
      stderr: '',
    })
    for (const name of ['relay.db', 'peer.key', 'blinding.key'])
      expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(dir, 'peer.key'))).toEqual(readFileSync(join(place.dir, 'peer.key')))
    relay = await startRelayProcess(net, { ...place, dir })
    for (const { requestid, car } of acknowledged.slice(0, before)) await requireWhole(client, requestid, car)
    const taker = await anonymous.signedIn(patient)
    expect((await taker.call('GET /inbox')).json(inboxReplySchema).messages).toHaveLength(1)
    await relay.kill('SIGKILL')
    relay = await startRelayProcess(net, place)
  })

  it('is refused when it is damaged, with the list, and nothing is restored', async () => {
    const client = await anonymous.signedIn(newPatient())
    const [torn, gone, whole] = [
      await randomCar(1, 5_000),
      await randomCar(1, 5_000),
      await randomCar(1, 5_000),
    ]
    await client.pin(torn)
    await client.pin(gone)
    const requestid = await client.pin(whole)
    const to = net.newDir()
    await saveBackup(place.dir, to)
    const [tornFile, goneFile] = [blockFile(to, torn.root), blockFile(to, gone.root)]
    writeFileSync(tornFile, readFileSync(tornFile).subarray(1))
    rmSync(goneFile)

    const dir = net.newDir()
    const refused = await command('restore-backup', dir, '--from', to)
    expect(refused.code).toBe(1)
    const nameOf = (path: string) => path.split('/').at(-1) ?? ''
    expect(refused.stderr).toContain('2 blocks of 2 pins are missing or damaged')
    expect(refused.stderr).toContain(nameOf(tornFile))
    expect(refused.stderr).toContain(nameOf(goneFile))
    expect(readdirSync(dir)).toEqual([])

    const partly = await command('restore-backup', dir, '--from', to, '--partly')
    expect(partly).toMatchObject({ code: 0, stderr: expect.stringContaining('2 blocks of 2 pins are lost') })
    await relay.kill('SIGKILL')
    relay = await startRelayProcess(net, { ...place, dir })
    await requireWhole(client, requestid, whole)
    expect((await client.call(`GET /ipfs/${torn.root}?format=car`)).reason).toBe('record-damaged')
    await client.pin(torn)
    expect((await client.call(`GET /ipfs/${torn.root}?format=car`)).status).toBe(200)
    await relay.kill('SIGKILL')
    relay = await startRelayProcess(net, place)
  })

  it('is refused when its database or a key is another, and into a folder that is not empty', async () => {
    const to = net.newDir()
    await saveBackup(place.dir, to)
    await expect(restoreBackup(to, place.dir)).rejects.toThrow('not empty')
    await expect(restoreBackup(net.newDir(), net.newDir())).rejects.toThrow('no finished backup')
    for (const name of ['relay.db', 'blinding.key']) {
      const bytes = readFileSync(join(to, name))
      writeFileSync(join(to, name), randomBytes(bytes.byteLength))
      await expect(restoreBackup(to, net.newDir())).rejects.toThrow(`${name} is not the file that was saved`)
      writeFileSync(join(to, name), bytes)
    }
    await expect(restoreBackup(to, net.newDir())).resolves.toMatchObject({ lost: [] })
  })

  it('is never written over anything else', async () => {
    await expect(saveBackup(place.dir, join(place.dir, 'backup'))).rejects.toThrow('own folder')
    const other = net.newDir()
    writeFileSync(join(other, 'photo.jpg'), 'x')
    await expect(saveBackup(place.dir, other)).rejects.toThrow('something else')
    await expect(saveBackup(net.newDir(), net.newDir())).rejects.toThrow('no relay has run')
    expect((await command('save-backup', place.dir)).code).toBe(2)
  })
})

describe('blocks that vanish while a backup runs', () => {
  /** What the collector does to a block that nothing keeps any more. */
  async function takeBack(car: Car, requestid: string): Promise<void> {
    const db = SqliteDatabase.open(join(place.dir, 'relay.db'))
    for (const { cid } of car.blocks) {
      rmSync(blockFile(place.dir, cid))
      await db.transaction(async () => {
        for (const table of ['blocks', 'claims', 'pin_blocks'])
          await db.run(`DELETE FROM ${table} WHERE multihash = ?`, cid.multihash.bytes)
        await db.run('DELETE FROM pins WHERE requestid = ?', requestid)
      })
    }
    await db.close()
  }

  it('are no loss when somebody took them back: a newer copy of the database names them no more', async () => {
    const client = await anonymous.signedIn(newPatient())
    const [kept, passing] = [await randomCar(1, 2_000), await randomCar(1, 2_000)]
    const requestid = await client.pin(kept)
    const taken = await client.pin(passing)
    const source = new FileBlocks(join(place.dir, 'blocks'))
    let isTaken = false
    const racing = {
      get: async (multihash: Uint8Array) => {
        if (!isTaken) {
          isTaken = true
          await takeBack(passing, taken)
        }
        return source.get(multihash)
      },
    }
    const to = net.newDir()
    expect(await saveBackup(place.dir, to, racing)).toMatchObject({ lost: [], lostPins: 0 })
    const restored = net.newDir()
    await restoreBackup(to, restored)
    expect(await new FileBlocks(join(restored, 'blocks')).get(kept.root.multihash.bytes)).toBeDefined()
    await requireWhole(client, requestid, kept)
  })

  it('are told of when they are lost at the relay itself, and come back into the same folder once mended', async () => {
    const client = await anonymous.signedIn(newPatient())
    const [car, former] = [await randomCar(1, 2_000), await randomCar(1, 2_000)]
    await client.pin(car)
    const passing = await client.pin(former)
    const to = net.newDir()
    const file = blockFile(place.dir, car.root)
    rmSync(file)
    const partly = await command('save-backup', place.dir, '--to', to)
    expect(partly.code).toBe(1)
    expect(partly.stderr).toContain('1 blocks of 1 pins are missing or damaged at the relay itself')
    expect(partly.stderr).toContain(file.split('/').at(-1))

    await client.pin(car)
    await takeBack(former, passing)
    expect(await saveBackup(place.dir, to)).toMatchObject({ lost: [] })
    await expect(restoreBackup(to, net.newDir())).resolves.toMatchObject({ lost: [] })
    expect(() => statSync(blockFile(to, former.root))).toThrow('ENOENT')
  })
})
