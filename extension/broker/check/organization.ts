import { accreditationRefusal, type Organization } from '../../../shared/contracts/organizations.ts'
import { CarekeyError } from '../../../shared/protocol/errors.ts'
import type { OrganizationId } from '../../../shared/protocol/ids.ts'
import type { Ledger } from '../ledger.ts'

const words = {
  'organization-unknown': 'Nobody has accredited this organization.',
  'organization-suspended': 'This organization’s accreditation is suspended.',
  'organization-expired': 'This organization’s accreditation has run out.',
}

/**
 * The organization as the ledger has it now, accredited at the chain's time.
 * Throws CarekeyError `organization-unknown`, `organization-suspended`, `organization-expired`, `ledger-unreachable`.
 */
export async function requireAccredited(
  ledger: Ledger,
  id: OrganizationId,
  time: number,
): Promise<Organization> {
  return requireAccreditation(await ledger.organization(id), time)
}

/** The same of an organization that was just read. */
export function requireAccreditation(organization: Organization | null, time: number): Organization {
  const refusal = accreditationRefusal(organization, time)
  if (refusal !== null || organization === null) {
    const reason = refusal ?? 'organization-unknown'
    throw new CarekeyError(reason, words[reason])
  }
  return organization
}

/** Throws CarekeyError `origin-not-registered` unless the organization registered this origin. */
export function requireOrigin(organization: Organization, origin: string): void {
  if (organization.origins.includes(origin)) return
  throw new CarekeyError('origin-not-registered', `${organization.name} has not registered this web site.`, {
    data: { origin },
  })
}
