import { type GrantState, grantRefusal } from '../../shared/contracts/grants.ts'
import { accreditationRefusal, type Organization } from '../../shared/contracts/organizations.ts'
import { CarekeyError, type Reason } from '../../shared/protocol/errors.ts'
import type { Mapping } from './mappings.ts'

/** All that decides whether an organization may read under a grant now. */
export interface Asked {
  /** For whom the reader signs; null: for nobody. */
  reader: Organization | null
  mapping: Mapping
  consent: GrantState
  /** Unix seconds. */
  now: number
}

const texts = {
  'grant-not-yours': 'This grant was given to another organization.',
  'organization-unknown': 'No accredited organization has this key.',
  'organization-suspended': 'The organization is suspended, so nothing is opened for it.',
  'organization-expired': 'The organization is outside the time for which it is accredited.',
  'practitioner-unknown': 'Whoever asked for this grant is not a practitioner of the organization.',
  'practitioner-suspended':
    'The practitioner who asked for this grant is suspended, so nothing is opened under it.',
  'practitioner-expired': 'The practitioner who asked for this grant is outside the time of accreditation.',
  'grant-revoked': 'The patient has revoked this grant.',
  'grant-unknown': 'This grant is not on the ledger.',
  'grant-not-started': 'This grant has not begun yet.',
  'grant-expired': 'This grant has run out.',
} as const satisfies Partial<Record<Reason, string>>

/** Null when nothing stands against it. What the ledger says comes before what the owner has mapped, so that a refusal names the true reason. */
export function readingRefusal({ reader, mapping, consent, now }: Asked): keyof typeof texts | null {
  if (reader?.id !== mapping.grantee) return 'grant-not-yours'
  return accreditationRefusal(reader, now) ?? grantRefusal(consent, now)
}

export const refusedGrant = (reason: keyof typeof texts): CarekeyError =>
  new CarekeyError(reason, texts[reason])
