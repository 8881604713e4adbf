import { categoryEntries, countInWords } from '../../../shared/fhir/categories.ts'
import type { Category } from '../../../shared/protocol/categories.ts'
import type { Role } from '../../../shared/protocol/roles.ts'
import type { OrganizationView, RequestView, SignedBy } from '../../snapshots.ts'

/** "a, b and c" */
export const listInWords = (items: readonly string[]): string =>
  new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(items)

/** More categories than this are counted, not named, so that a sentence stays a sentence. */
const categoriesNamedAtMost = 3

/** "1 laboratory report and 2 medication records"; "14 records of 5 kinds"; "nothing". */
export function recordsInWords(counts: readonly { category: Category; count: number }[]): string {
  const present = counts.filter(({ count }) => count > 0)
  if (present.length === 0) return 'nothing'
  if (present.length <= categoriesNamedAtMost) {
    return listInWords(present.map(({ category, count }) => countInWords(category, count)))
  }
  const total = present.reduce((sum, { count }) => sum + count, 0)
  return `${total} records of ${present.length} kinds`
}

/** "Laboratory results" */
export const categoryHeading = (category: Category): string => categoryEntries[category].heading

/** How the reader can know who this is: what was checked, in words. */
export function howWeKnow(organization: OrganizationView, via: 'page' | 'inbox'): string {
  const host = organization.origin ? new URL(organization.origin).host : null
  const standing = standingInWords(organization)
  if (via === 'inbox') return `${standing} The request came by message, and its signature was checked.`
  return host ? `${standing} This page is ${host}, the address registered for it.` : standing
}

export function standingInWords({ standing }: Pick<OrganizationView, 'standing'>): string {
  switch (standing) {
    case 'accredited':
      return 'Accredited by the health authority.'
    case 'suspended':
      return 'The health authority has suspended this organization.'
    case 'expired':
      return 'The health authority’s accreditation of this organization has run out.'
    case 'unknown':
      return 'The health authority does not know this organization.'
  }
}

/** "a physician", "somebody in administration" */
const rolesInWords: Readonly<Record<Role, string>> = {
  physician: 'a physician',
  nurse: 'a nurse',
  pharmacist: 'a pharmacist',
  emergency: 'an emergency practitioner',
  administration: 'somebody of the administration',
}

/** Who signed inside the organization, and how that is known. */
export function signedByInWords({ role, standing }: SignedBy, organization: string): string {
  const who = `${rolesInWords[role]} of ${organization}`
  switch (standing) {
    case 'accredited':
      return `Signed by ${who}, accredited.`
    case 'suspended':
      return `Signed by ${who}, whom the health authority has suspended since.`
    case 'expired':
      return `Signed by ${who}, whose accreditation has run out.`
    case 'unknown':
      return `Signed by somebody who does not belong to ${organization}.`
  }
}

/** One line for lists of requests; in the past once there is nothing more to answer. */
export function requestTitle(request: RequestView): string {
  const { name } = request.organization
  const waits = request.state === 'checking' || request.state === 'ready'
  switch (request.kind) {
    case 'connect':
      return `${name} ${waits ? 'wants' : 'asked'} to connect`
    case 'deposit':
      return `${name} ${waits ? 'sends' : 'sent'} ${request.record ? `“${request.record.statement.title}”` : 'a record'}`
    case 'access':
      return `${name} ${waits ? 'wants' : 'asked'} to see ${kindsInWords(request.categories)}`
  }
}

/** "laboratory results and medications", or "records" where there are too many to name. */
function kindsInWords(asked: readonly { category: Category }[]): string {
  if (asked.length === 0 || asked.length > categoriesNamedAtMost) return 'records'
  return listInWords(asked.map(({ category }) => categoryHeading(category).toLowerCase()))
}

const doneInWords = { connect: 'Connected', deposit: 'Saved', access: 'Approved' }

export function requestStateInWords(request: RequestView): string {
  switch (request.state) {
    case 'checking':
      return 'Being checked'
    case 'ready':
      return 'Waiting for you'
    case 'working':
      return request.progress?.label ?? 'Being carried out'
    case 'done':
      return doneInWords[request.kind]
    case 'declined':
      return 'Declined by you'
    case 'expired':
      return 'Ran out unanswered'
    case 'cancelled':
      return 'Taken back'
    case 'failed':
      return 'Could not be finished'
  }
}
