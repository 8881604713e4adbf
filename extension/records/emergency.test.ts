import { expect, test } from 'vitest'
import { randomSalt } from '../../shared/crypto/commit.ts'
import { guardianNoteSchema } from '../emergency-snapshots.ts'
import { type StoredEmergency, storedEmergencySchema } from './emergency-schemas.ts'
import { emergencyTablesOf, exportIndex, importIndex } from './index-copy.ts'
import { mergeEmergency } from './merge.ts'
import { organization, otherOrganization, testIndex } from './test-index.ts'

const patient = `0x${'11'.repeat(20)}`

function prepared(changes: Partial<StoredEmergency> = {}): StoredEmergency {
  return storedEmergencySchema.parse({
    wish: {
      content: { name: 'Elvina Lemke', birthDate: null, entries: [], contacts: [] },
      organizations: [],
      waitSeconds: 600,
      windowSeconds: 3_600,
      threshold: 2,
      holders: [organization, otherOrganization],
      guardians: [],
    },
    round: 1,
    directory: {
      version: 1,
      patient,
      summary: { cid: 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy', sealedBytes: 5_000 },
      holders: [organization, otherOrganization].map((id) => ({ organization: id, shareHash: randomSalt() })),
      salt: randomSalt(),
    },
    relay: 'https://relay.example',
    placed: true,
    holders: [],
    guardians: [],
    policy: null,
    status: 'in-force',
    at: 1,
    failure: null,
    ...changes,
  })
}

test('a restored browser knows the card again, and whom it guards', async () => {
  const note = guardianNoteSchema.parse({
    carekey: 'guardian',
    chainId: 1,
    name: 'Otto Lemke',
    patient,
    guardian: patient,
    salt: randomSalt(),
    proof: [],
  })
  const from = testIndex().store
  const stored = prepared()
  await emergencyTablesOf(from).emergencies.put('current', stored)
  await emergencyTablesOf(from).guardianships.put(patient, note)
  const to = testIndex().store
  await importIndex(to, await exportIndex(from))
  expect(await emergencyTablesOf(to).emergencies.get('current')).toEqual(stored)
  expect(await emergencyTablesOf(to).guardianships.get(patient)).toEqual(note)
})

test('of two copies the later policy counts, and what was withdrawn stays withdrawn', () => {
  const first = prepared()
  const second = prepared({ round: 2, status: 'stating' })
  expect(mergeEmergency(first, second)).toBe(second)
  expect(mergeEmergency(second, first)).toBe(second)
  const withdrawn = prepared({ round: 2, status: 'withdrawn' })
  expect(mergeEmergency(withdrawn, second)).toBe(withdrawn)
  expect(mergeEmergency(second, withdrawn)).toBe(withdrawn)
})
