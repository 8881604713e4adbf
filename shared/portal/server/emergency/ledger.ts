import {
  type EmergencyCase,
  type EmergencyTerms,
  mayReleaseEmergencyShare,
  readEmergencyCase,
  readEmergencyTerms,
} from '../../../contracts/emergency.ts'
import { readEmergencyOrganizations } from '../../../contracts/emergency-events.ts'
import { openLedger, readHead } from '../../../contracts/ledger.ts'
import { type Organization, readOrganization } from '../../../contracts/organizations.ts'
import { type Practitioner, readPractitioner } from '../../../contracts/practitioners.ts'
import {
  type EmergencyCaseId,
  type EmergencyOpening,
  emergencyCaseIdOf,
} from '../../../protocol/emergency.ts'
import type { OrganizationId, PractitionerId, Pseudonym } from '../../../protocol/ids.ts'
import type { Network } from '../../../protocol/network.ts'
import { unixNow } from '../options.ts'

/** What a holder, or who opens, reads of the ledger. Every method throws CarekeyError `ledger-unreachable`. */
export interface EmergencyLedger {
  /** The later of the chain's clock and our own. */
  now(): Promise<number>
  terms(patient: Pseudonym): Promise<EmergencyTerms | null>
  /** The policy's list; empty for any. */
  organizations(patient: Pseudonym): Promise<OrganizationId[]>
  caseOf(patient: Pseudonym, id: EmergencyCaseId): Promise<EmergencyCase | null>
  /** At the newest block and at a final one, and by our own clock: a veto counts at once, an opening once it lasts. */
  mayRelease(opening: EmergencyOpening): Promise<boolean>
  practitioner(id: PractitionerId): Promise<Practitioner | null>
  organization(id: OrganizationId): Promise<Organization | null>
}

export function emergencyLedger(network: Network): EmergencyLedger {
  const ledger = openLedger(network)
  return {
    now: async () => Math.max((await readHead(ledger)).timestamp, unixNow()),
    terms: (patient) => readEmergencyTerms(ledger, patient),
    organizations: (patient) => readEmergencyOrganizations(ledger, patient),
    caseOf: (patient, id) => readEmergencyCase(ledger, patient, id),
    async mayRelease(opening) {
      const { blockNumber } = await readHead(ledger)
      const final = blockNumber - network.confirmations
      const [found, newest, lasting] = await Promise.all([
        readEmergencyCase(ledger, opening.patient, emergencyCaseIdOf(network, opening)),
        mayReleaseEmergencyShare(ledger, opening),
        final >= network.deployedAtBlock && mayReleaseEmergencyShare(ledger, opening, final),
      ])
      return newest && lasting && found !== null && unixNow() < found.closesAt
    },
    practitioner: (id) => readPractitioner(ledger, id),
    organization: (id) => readOrganization(ledger, id),
  }
}
