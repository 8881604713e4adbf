import { readEmergencyTerms } from '../../shared/contracts/emergency.ts'
import { readEmergencyEvents } from '../../shared/contracts/emergency-events.ts'
import { openLedger, readHead } from '../../shared/contracts/ledger.ts'
import { listOrganizations, readOrganization } from '../../shared/contracts/organizations.ts'
import { readPractitioner } from '../../shared/contracts/practitioners.ts'
import type { Network } from '../../shared/protocol/network.ts'
import type { EmergencyLedger } from './ports.ts'

export function emergencyLedgerOf(network: Network): EmergencyLedger {
  const ledger = openLedger(network)
  return {
    head: () => readHead(ledger),
    terms: (patient) => readEmergencyTerms(ledger, patient),
    events: (patient, fromBlock) => readEmergencyEvents(ledger, patient, fromBlock ? { fromBlock } : {}),
    organizations: () => listOrganizations(ledger),
    organization: (id) => readOrganization(ledger, id),
    practitioner: (id) => readPractitioner(ledger, id),
  }
}
