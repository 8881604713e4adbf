import { expect, test } from 'vitest'
import { organizationIdSchema } from '../../../shared/protocol/ids.ts'
import type { OrganizationView } from '../../snapshots.ts'
import { firstDraft, isSameEntry, wishOf } from './draft.ts'

const organization = (byte: string, connectedAt: number | null): OrganizationView => ({
  id: organizationIdSchema.parse(`0x${byte.repeat(32)}`),
  name: byte,
  origin: null,
  standing: 'accredited',
  validUntil: null,
  connectedAt,
})
const known = organization('11', 1)
const strangers = [organization('22', null), organization('33', null)] as const
const all = [known, ...strangers]

const empty = firstDraft({ wish: null, next: null }, { name: 'Elvina Lemke', birthDate: null })
const whole = {
  ...empty,
  entries: [{ section: 'allergies' as const, text: 'Penicillin', note: '' }],
  holders: [known.id, strangers[0].id],
}

test('nothing is chosen in a first draft but the name that the records know', () => {
  expect(empty).toMatchObject({ name: 'Elvina Lemke', entries: [], holders: [], organizations: null })
  const found = wishOf(empty, all)
  expect(found.ok ? [] : found.problems).toEqual([
    'Choose at least one thing that helpers should know, or one contact.',
    'Choose at least two key holders.',
  ])
})

test('a whole draft is a wish, and the wish is the next draft', () => {
  const found = wishOf({ ...whole, threshold: 5 }, all)
  if (!found.ok) throw new Error(found.problems.join())
  expect(found.wish.threshold).toBe(2)
  const again = firstDraft({ wish: found.wish, next: null }, { name: null, birthDate: null })
  expect(wishOf(again, all)).toEqual(found)
})

test.each([
  [{ name: ' ' }, 'Enter your name.'],
  [{ birthDate: '2.3.1958' }, 'Enter your date of birth'],
  [{ organizations: [] }, 'Choose at least one organization'],
  [{ holders: strangers.map(({ id }) => id) }, 'it vouches for your card'],
  [{ guardians: [{ name: 'Otto', address: '0x12' }] }, 'Enter each guardian’s code'],
  [{ contacts: [{ name: '', relation: '', phone: '' }] }, 'a contact has no name'],
])('%j is put right before it is stated', (change, problem) => {
  const found = wishOf({ ...whole, ...change }, all)
  expect(found.ok ? '' : found.problems.join(' ')).toContain(problem)
})

test('the same words in another case are the same entry, in another section they are not', () => {
  const one = { section: 'allergies', text: 'Penicillin', note: '' } as const
  expect(isSameEntry(one, { ...one, text: 'penicillin', note: 'x' })).toBe(true)
  expect(isSameEntry(one, { ...one, section: 'problems' })).toBe(false)
})
