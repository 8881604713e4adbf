import {
  type EmergencyContact,
  type EmergencyEntry,
  type EmergencyView,
  type EmergencyWish,
  emergencyWishSchema,
} from '../../emergency-snapshots.ts'

/** What stands in the form, before it is checked. */
export interface Draft {
  name: string
  birthDate: string
  entries: EmergencyEntry[]
  contacts: EmergencyContact[]
  /** Null for any organization */
  organizations: EmergencyWish['organizations'] | null
  waitSeconds: number
  windowSeconds: number
  threshold: number
  holders: EmergencyWish['holders']
  guardians: { name: string; address: string }[]
}

const minute = 60
const hour = 60 * minute

/** What was stated last; else what the records suggest, with nothing chosen. */
export function firstDraft(
  { wish, next }: Pick<EmergencyView, 'wish' | 'next'>,
  suggested: { name: string | null; birthDate: string | null },
): Draft {
  const last = next?.wish ?? wish
  if (!last) {
    return {
      name: suggested.name ?? '',
      birthDate: suggested.birthDate ?? '',
      entries: [],
      contacts: [],
      organizations: null,
      waitSeconds: 15 * minute,
      windowSeconds: 4 * hour,
      threshold: 2,
      holders: [],
      guardians: [],
    }
  }
  const { content, organizations, ...rest } = last
  return {
    ...rest,
    ...content,
    birthDate: content.birthDate ?? '',
    organizations: organizations.length === 0 ? null : organizations,
  }
}

export const isSameEntry = (one: EmergencyEntry, other: EmergencyEntry) =>
  one.section === other.section && one.text.toLowerCase() === other.text.toLowerCase()

/** Either what can be stated, or what to put right. */
export function wishOf(
  draft: Draft,
  organizations: EmergencyView['organizations'],
): { ok: true; wish: EmergencyWish } | { ok: false; problems: string[] } {
  const problems: string[] = []
  if (draft.name.trim() === '') problems.push('Enter your name.')
  if (draft.birthDate !== '' && !/^\d{4}-\d\d-\d\d$/.test(draft.birthDate)) {
    problems.push('Enter your date of birth as year, month and day, such as 1958-03-02.')
  }
  if (draft.entries.length + draft.contacts.length === 0) {
    problems.push('Choose at least one thing that helpers should know, or one contact.')
  }
  if (draft.organizations?.length === 0) {
    problems.push('Choose at least one organization that may use the card, or allow any.')
  }
  const known = new Set(organizations.filter(({ connectedAt }) => connectedAt !== null).map(({ id }) => id))
  if (draft.holders.length < 2) problems.push('Choose at least two key holders.')
  else if (!draft.holders.some((id) => known.has(id))) {
    problems.push('Choose at least one key holder that you are connected with: it vouches for your card.')
  }
  if (draft.guardians.some(({ address }) => !/^0x[0-9a-fA-F]{40}$/.test(address.trim()))) {
    problems.push('Enter each guardian’s code as they read it in their own Carekey. It begins with 0x.')
  }
  if (problems.length > 0) return { ok: false, problems }
  const { name, birthDate, entries, contacts, ...rules } = draft
  const wish = emergencyWishSchema.safeParse({
    ...rules,
    content: { name, birthDate: birthDate === '' ? null : birthDate, entries, contacts },
    organizations: draft.organizations ?? [],
    threshold: Math.min(draft.threshold, draft.holders.length),
    guardians: draft.guardians.map((guardian) => ({ ...guardian, address: guardian.address.trim() })),
  })
  if (wish.success) return { ok: true, wish: wish.data }
  return { ok: false, problems: ['Something in the form is too long, or a contact has no name or number.'] }
}
