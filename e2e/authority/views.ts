// What the two pages are told. The public one holds nothing about a person: organizations, counts, the ledger's height.

import { readStandings } from '../../shared/contracts/credits.ts'
import { readDispute, readDisputes } from '../../shared/contracts/disputes.ts'
import { isReviewOwed, listEmergencies } from '../../shared/contracts/emergency-cases.ts'
import { readAnchored } from '../../shared/contracts/events.ts'
import { readOrganizationHistory } from '../../shared/contracts/history.ts'
import { type Ledger, type LedgerHead, readHead } from '../../shared/contracts/ledger.ts'
import {
  accreditationRefusal,
  listOrganizations,
  type Organization,
  readOrganization,
} from '../../shared/contracts/organizations.ts'
import { listPractitioners, type Practitioner } from '../../shared/contracts/practitioners.ts'
import { readStatistics } from '../../shared/contracts/statistics.ts'
import { listApprovedSupport } from '../../shared/contracts/support.ts'
import { readTotals } from '../../shared/contracts/totals.ts'
import type { OrganizationId } from '../../shared/protocol/ids.ts'
import type { Network } from '../../shared/protocol/network.ts'
import { Refused } from '../portals/kit/web.ts'
import { addUp } from './counts.ts'

export type Standing = 'accredited' | 'suspended' | 'outside-validity'

export function standingOf(
  who: Pick<Organization, 'suspended' | 'validFrom' | 'validUntil'>,
  { timestamp }: LedgerHead,
): Standing {
  const refusal = accreditationRefusal(who, timestamp)
  return refusal === 'organization-suspended' ? 'suspended' : refusal ? 'outside-validity' : 'accredited'
}

const organizationView = (found: Organization, head: LedgerHead) => ({
  ...found,
  standing: standingOf(found, head),
})
export type OrganizationView = ReturnType<typeof organizationView>

/** The public page. */
export async function readPublicView(ledger: Ledger, network: Network) {
  // A ledger that was deployed before these contracts has none of them.
  const { credits, statistics } = network.contracts
  const [head, organizations, totals, standings, published] = await Promise.all([
    readHead(ledger),
    listOrganizations(ledger),
    readTotals(ledger),
    credits ? readStandings(ledger) : [],
    statistics ? readStatistics(ledger) : [],
  ])
  return {
    network: { name: network.name, chainId: network.chainId },
    head,
    organizations: organizations.map((found) => organizationView(found, head)),
    totals,
    standings,
    counts: addUp(published),
  }
}
export type PublicView = Awaited<ReturnType<typeof readPublicView>>

/** The public page of one organization. */
export async function readOrganizationView(ledger: Ledger, id: OrganizationId) {
  const found = await readOrganization(ledger, id)
  if (!found) throw new Refused(404, 'No organization is registered under this number.')
  const [head, history] = await Promise.all([readHead(ledger), readOrganizationHistory(ledger, id)])
  return { ...organizationView(found, head), history }
}
export type OrganizationDetails = Awaited<ReturnType<typeof readOrganizationView>>

const practitionerView = (found: Practitioner, head: LedgerHead) => ({
  ...found,
  standing: standingOf(found, head),
})
export type PractitionerView = ReturnType<typeof practitionerView>

/** The officers' page. */
export async function readOfficeView(ledger: Ledger) {
  const [head, organizations, practitioners, support, emergencies, disputes] = await Promise.all([
    readHead(ledger),
    listOrganizations(ledger),
    listPractitioners(ledger),
    listApprovedSupport(ledger),
    listEmergencies(ledger),
    listDisputes(ledger),
  ])
  return {
    head,
    organizations: organizations.map((found) => organizationView(found, head)),
    practitioners: practitioners.map((found) => practitionerView(found, head)),
    support,
    emergencies: emergencies.map((found) => ({ ...found, isOwed: isReviewOwed(found) })),
    disputes,
  }
}

async function listDisputes(ledger: Ledger) {
  if (!ledger.deployment.contracts.disputes) return []
  const events = await readDisputes(ledger)
  return Promise.all(
    events.map(async ({ subject, commitment }) => {
      const [state, anchored] = await Promise.all([
        readDispute(ledger, subject, commitment),
        readAnchored(ledger, subject),
      ])
      // Anyone may dispute under a pseudonym of their own.
      const isSubject = anchored.some((anchor) => anchor.commitment === commitment)
      return { ...state, subject, commitment, isSubject }
    }),
  )
}
export type OfficeView = Awaited<ReturnType<typeof readOfficeView>>
export type EmergencyView = OfficeView['emergencies'][number]
export type DisputeView = OfficeView['disputes'][number]
