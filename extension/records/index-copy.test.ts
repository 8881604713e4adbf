import { describe, expect, test } from 'vitest'
import { canonicalBytes } from '../../shared/protocol/canonical.ts'
import { exportIndex, importIndex, tablesOf } from './index-copy.ts'
import { openLog } from './log.ts'
import {
  connectionOf,
  grantOf,
  organization,
  otherOrganization,
  rawRows,
  recordOf,
  revocationOf,
  testCipher,
  testIndex,
  voucherUntil,
} from './test-index.ts'

const decode = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes))
const logOf = ({ store }: ReturnType<typeof testIndex>, at = 1_800_000_000) => openLog(store, () => at)
const line = (text: string) => ({ event: 'connected' as const, organization, text, details: {} })

async function filled() {
  const index = testIndex()
  const { records, grants, connections } = tablesOf(index.store)
  const record = recordOf({}, { status: 'saved', savedAt: 1_790_000_000, pinId: 'pin-1' })
  await records.put(record.commitment, record)
  await grants.put(grantOf(1).grantId, grantOf(1, { status: 'active' }))
  await connections.put(organization, connectionOf())
  await logOf(index).append(line('one'))
  return { ...index, record }
}

test('a copy of the index makes the same index in another browser, under another key', async () => {
  const here = await filled()
  const bytes = await exportIndex(here.store)
  const there = testIndex(testCipher(new Uint8Array(32).fill(9)))
  await importIndex(there.store, bytes)
  expect(await exportIndex(there.store)).toEqual(bytes)
  expect(await tablesOf(there.store).records.get(here.record.commitment)).toEqual(here.record)
  expect((await logOf(there).all()).map(({ text }) => text)).toEqual(['one'])
})

test('the bytes are canonical and versioned, and do not depend on the order of writing', async () => {
  const [one, other] = [testIndex(), testIndex()]
  const records = [recordOf(), recordOf({ title: 'Chest X-ray', category: 'imaging' })]
  for (const record of records) await tablesOf(one.store).records.put(record.commitment, record)
  for (const record of records.toReversed())
    await tablesOf(other.store).records.put(record.commitment, record)
  const bytes = await exportIndex(one.store)
  expect(await exportIndex(other.store)).toEqual(bytes)
  expect(canonicalBytes(decode(bytes))).toEqual(bytes)
  expect(decode(bytes).version).toBe(1)
})

test('importing one’s own copy writes nothing', async () => {
  const here = await filled()
  const before = await rawRows(here.factory)
  await importIndex(here.store, await exportIndex(here.store))
  expect(await rawRows(here.factory)).toEqual(before)
})

test('refuses what is not an index, or of another version, and changes nothing', async () => {
  const here = await filled()
  const before = await rawRows(here.factory)
  const index = decode(await exportIndex(here.store))
  const damaged = [
    new Uint8Array([1, 2, 3]),
    canonicalBytes({ ...index, version: 2 }),
    canonicalBytes({ ...index, more: 1 }),
    canonicalBytes({ ...index, records: { a: { ...here.record, cid: 'Qm' } } }),
  ]
  for (const bytes of damaged)
    await expect(importIndex(here.store, bytes)).rejects.toMatchObject({ reason: 'record-damaged' })
  expect(await rawRows(here.factory)).toEqual(before)
})

describe('merging', () => {
  test('is a union, and the same from either side', async () => {
    const [one, other] = [testIndex(), testIndex()]
    const [lab, imaging] = [recordOf(), recordOf({ title: 'Chest X-ray', category: 'imaging' })]
    await tablesOf(one.store).records.put(lab.commitment, lab)
    await tablesOf(other.store).records.put(imaging.commitment, imaging)
    await tablesOf(one.store).connections.put(organization, connectionOf())
    await tablesOf(other.store).connections.put(
      otherOrganization,
      connectionOf({ organization: otherOrganization }),
    )
    await logOf(one).append(line('here'))
    await logOf(other, 1_800_000_060).append(line('there'))
    const copy = await exportIndex(one.store)
    await importIndex(one.store, await exportIndex(other.store))
    await importIndex(other.store, copy)
    expect(await exportIndex(one.store)).toEqual(await exportIndex(other.store))
    expect((await logOf(one).all()).map(({ sequence, text }) => [sequence, text])).toEqual([
      [1, 'here'],
      [2, 'there'],
    ])
    expect(await logOf(one).verify()).toEqual({ broken: 0 })
  })

  test('takes the record that has come further, whichever side has it', async () => {
    const behind = recordOf({}, { status: 'saving' })
    const transactionHash = `0x${'ab'.repeat(32)}` as const
    const ahead = recordOf({}, { status: 'saved', savedAt: 5, transactionHash })
    for (const [mine, theirs] of [
      [behind, ahead],
      [ahead, behind],
    ] as const) {
      const [here, there] = [testIndex(), testIndex()]
      await tablesOf(here.store).records.put(mine.commitment, mine)
      await tablesOf(there.store).records.put(theirs.commitment, theirs)
      await importIndex(here.store, await exportIndex(there.store))
      expect(await tablesOf(here.store).records.all()).toEqual([ahead])
    }
  })

  test('never loses a revocation or a newer voucher', async () => {
    const [here, there] = [testIndex(), testIndex()]
    const revoked = grantOf(1, { status: 'revoked', revocation: revocationOf(1) })
    await tablesOf(here.store).grants.put(revoked.grantId, revoked)
    const revoking = grantOf(2, { status: 'revoking', revocation: revocationOf(2) })
    await tablesOf(here.store).grants.put(revoking.grantId, revoking)
    await tablesOf(there.store).grants.put(revoking.grantId, grantOf(2, { status: 'revoked' }))
    await tablesOf(there.store).grants.put(revoked.grantId, grantOf(1, { status: 'active' }))
    const [mine, theirs] = [
      connectionOf({ voucher: voucherUntil(10) }),
      connectionOf({ voucher: voucherUntil(20) }),
    ]
    await tablesOf(here.store).connections.put(organization, { ...mine, disconnectedAt: 1_800_000_000 })
    await tablesOf(there.store).connections.put(organization, theirs)
    await importIndex(here.store, await exportIndex(there.store))
    expect(await tablesOf(here.store).grants.get(revoked.grantId)).toEqual(revoked)
    expect(await tablesOf(here.store).grants.get(revoking.grantId)).toEqual({
      ...revoking,
      status: 'revoked',
    })
    expect(await tablesOf(here.store).connections.all()).toEqual([
      { ...theirs, disconnectedAt: 1_800_000_000 },
    ])
  })

  test('continues one’s own log after a restore, and keeps a copy that was cut from winning', async () => {
    const here = await filled()
    const old = await exportIndex(here.store)
    await logOf(here).append(line('two'))
    await importIndex(here.store, old)
    expect((await logOf(here).all()).map(({ text }) => text)).toEqual(['one', 'two'])
    const cut = decode(await exportIndex(here.store))
    cut.log[0].entries.pop()
    cut.log[0].head.length = 9
    await importIndex(here.store, canonicalBytes(cut))
    expect(await logOf(here).verify()).toEqual({ broken: 0 })
  })
})
