import { describe, expect, it } from 'vitest'
import { organizationIdSchema } from '../../../shared/protocol/ids.ts'
import type { AccessView, OrganizationView } from '../../snapshots.ts'
import { howWeKnow, recordsInWords, requestTitle } from './sentences.ts'

const clinic: OrganizationView = {
  id: organizationIdSchema.parse(`0x${'1'.repeat(64)}`),
  name: 'Lindqvist Clinic',
  origin: 'https://lindqvist.example',
  standing: 'accredited',
  validUntil: null,
  connectedAt: null,
}

describe('records in words', () => {
  it('counts each category by its name', () => {
    expect(
      recordsInWords([
        { category: 'laboratory', count: 1 },
        { category: 'medications', count: 2 },
      ]),
    ).toBe('1 laboratory report and 2 medication records')
  })

  it('leaves out categories without records', () => {
    expect(
      recordsInWords([
        { category: 'laboratory', count: 1 },
        { category: 'imaging', count: 0 },
      ]),
    ).toBe('1 laboratory report')
    expect(recordsInWords([{ category: 'imaging', count: 0 }])).toBe('nothing')
  })

  it('counts kinds where there are too many to name', () => {
    const counts = (['laboratory', 'medications', 'imaging', 'vitals'] as const).map((category) => ({
      category,
      count: 3,
    }))
    expect(recordsInWords(counts)).toBe('12 records of 4 kinds')
  })
})

describe('how we know who asks', () => {
  it('names the registered address of a page', () => {
    expect(howWeKnow(clinic, 'page')).toBe(
      'Accredited by the health authority. This page is lindqvist.example, the address registered for it.',
    )
  })

  it('speaks of no page where the request came by message', () => {
    expect(howWeKnow(clinic, 'inbox')).not.toContain('This page')
  })

  it('never calls a suspended organization accredited', () => {
    expect(howWeKnow({ ...clinic, standing: 'suspended' }, 'page')).toContain('suspended')
  })
})

describe('a request in a list', () => {
  const access = (state: AccessView['state'], categories: string[]) =>
    ({
      kind: 'access',
      state,
      organization: clinic,
      categories: categories.map((category) => ({ category })),
    }) as AccessView

  it('names what is wanted', () => {
    expect(requestTitle(access('ready', ['laboratory', 'medications']))).toBe(
      'Lindqvist Clinic wants to see laboratory results and medications',
    )
  })

  it('speaks of the past once it is answered', () => {
    expect(requestTitle(access('declined', ['imaging']))).toBe('Lindqvist Clinic asked to see imaging')
  })

  it('counts no further than three kinds', () => {
    expect(requestTitle(access('ready', ['laboratory', 'medications', 'imaging', 'vitals']))).toBe(
      'Lindqvist Clinic wants to see records',
    )
  })
})
