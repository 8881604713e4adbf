import { expect, test } from 'vitest'
import { randomSalt } from '../../shared/crypto/commit.ts'
import {
  type StoredCaredFor,
  type StoredCarer,
  storedCaredForSchema,
  storedCarerSchema,
} from '../care-snapshots.ts'
import { exportIndex, importIndex, tablesOf } from './index-copy.ts'
import { mergeCaredFor, mergeCarer } from './merge.ts'
import { organization, testIndex } from './test-index.ts'

const patient = `0x${'11'.repeat(20)}`
const signature = `0x${'1c'.repeat(65)}`

const invitation = {
  carekey: 'care-invitation',
  chainId: 1,
  nonce: randomSalt(),
  name: 'Elvina Lemke',
  patient,
  organization,
  role: 'decide',
  notAfter: 100,
  relay: 'https://relay.example',
  voucher: { organization, patient, deadline: 100, signature },
}

const carerOf = (status: StoredCarer['status']): StoredCarer =>
  storedCarerSchema.parse({
    carer: 'Otto Lemke',
    invitation,
    createdAt: 1,
    signed: null,
    revocation: null,
    status,
  })

const caredForOf = (...grants: string[]): StoredCaredFor =>
  storedCaredForSchema.parse({
    invitation,
    takenAt: 1,
    endings: grants.map((grant) => ({ delegation: randomSalt(), patient, grant, deadline: 9, signature })),
  })

test('a restored browser knows its carers again, and for whom it may act', async () => {
  const from = testIndex().store
  const [carer, caredFor] = [carerOf('active'), caredForOf(randomSalt())]
  await tablesOf(from).carers.put('a', carer)
  await tablesOf(from).caredFor.put('b', caredFor)
  const to = testIndex().store
  await importIndex(to, await exportIndex(from))
  expect(await tablesOf(to).carers.get('a')).toEqual(carer)
  expect(await tablesOf(to).caredFor.get('b')).toEqual(caredFor)
})

test('of two copies a carer who was ended stays ended, and nothing that was ended for somebody is lost', () => {
  const [active, ended] = [carerOf('active'), carerOf('ended')]
  expect(mergeCarer(active, ended)).toBe(ended)
  expect(mergeCarer(ended, active)).toBe(ended)
  const [one, other] = [randomSalt(), randomSalt()]
  const merged = mergeCaredFor(caredForOf(one), caredForOf(one, other))
  expect(merged.endings.map(({ grant }) => grant)).toEqual([one, other])
})
