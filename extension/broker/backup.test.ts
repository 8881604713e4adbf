import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { storageIdentity } from '../../shared/crypto/derive.ts'
import { open } from '../../shared/crypto/seal.ts'
import { readPointer } from './backup-name.ts'
import { relayOrigin } from './testing/chain.ts'
import { depositOne } from './testing/granted.ts'
import type { Hospital } from './testing/hospital.ts'
import { newDisk, startLife, until } from './testing/life.ts'
import { type Setting, startSetting } from './testing/setting.ts'

let setting: Setting
let brigid: Hospital

beforeAll(async () => {
  setting = await startSetting()
  brigid = await setting.hospital('St. Brigid Hospital')
}, 60_000)
afterAll(() => setting.chain.stop())

const newSeed = () => crypto.getRandomValues(new Uint8Array(64))

describe('a backup', () => {
  it('is sealed to the phrase’s own key, pinned, and found by the phrase alone', async () => {
    const seed = newSeed()
    const disk = newDisk(setting.relay, seed)
    const life = startLife(setting.chain, setting.relay, disk)
    const { commitment } = await depositOne(life, brigid)
    await until('the backup of everything', async () => {
      await life.broker.backup.run()
      return (await life.broker.backup.note()).dirty ? undefined : true
    })
    expect(await life.broker.backup.note()).toMatchObject({ state: 'saved' })
    const name = await disk.vault.backupName()
    const pointer = await readPointer(name, setting.relay.names.get(name) ?? new Uint8Array())
    const sealed = setting.relay.pinned.get(pointer.cid) ?? new Uint8Array()
    const text = new TextDecoder().decode(await open(storageIdentity(seed), sealed))
    expect(text).toContain(commitment)
    expect(new TextDecoder('latin1').decode(sealed)).not.toContain(commitment)
  })

  it('counts up, and its note is believed only with the phrase’s signature', async () => {
    const disk = newDisk(setting.relay)
    const life = startLife(setting.chain, setting.relay, disk)
    const name = await disk.vault.backupName()
    const sequences: bigint[] = []
    for (let turn = 0; turn < 3; turn++) {
      await disk.items.backup.write({ ...(await life.broker.backup.note()), dirty: true })
      await life.broker.backup.run()
      sequences.push((await readPointer(name, setting.relay.names.get(name) ?? new Uint8Array())).sequence)
    }
    expect(sequences).toEqual([0n, 1n, 2n])
    const other = newDisk(setting.relay)
    const forged = await other.vault.backupPointer(
      'bafkreidselvdrzo3kpmfbdlcyvml5ckc5ie3kptkwdesa7cabx6ggm362u',
      9n,
    )
    await expect(readPointer(name, forged)).rejects.toMatchObject({ reason: 'record-damaged' })
  })

  it('that fails says so and is made at the next occasion', async () => {
    const disk = newDisk(setting.relay)
    const life = startLife(setting.chain, setting.relay, disk)
    await depositOne(life, brigid)
    setting.relay.down = true
    await life.broker.backup.run()
    expect(await life.broker.backup.note()).toMatchObject({ state: 'failed', dirty: true })
    setting.relay.down = false
    await until('the backup', async () => {
      await life.broker.resume()
      return (await life.broker.backup.note()).dirty ? undefined : true
    })
    expect(await life.broker.backup.note()).toMatchObject({ state: 'saved' })
  })

  it('that is older than the ledger says is noticed: the records it lacks are counted', async () => {
    const seed = newSeed()
    const first = startLife(setting.chain, setting.relay, newDisk(setting.relay, seed))
    await depositOne(first, brigid)
    await depositOne(first, brigid)
    // A new browser with the same phrase, for which the relay has kept neither record nor connection.
    setting.relay.names.clear()
    const second = startLife(setting.chain, setting.relay, newDisk(setting.relay, seed))
    expect(await second.broker.backup.restore(relayOrigin)).toEqual({ records: 0, missingFromBackup: 2 })
  })

  it('is not looked for at a relay that this build does not know', async () => {
    const life = startLife(setting.chain, setting.relay, newDisk(setting.relay))
    await expect(life.broker.backup.restore('https://evil.example')).rejects.toMatchObject({
      reason: 'params-invalid',
    })
  })
})
