import {
  type EmergencyCaseId,
  type EmergencyReason,
  emergencyCaseIdSchema,
  emergencyReasons,
} from '../protocol/emergency.ts'
import {
  type PractitionerId,
  type Pseudonym,
  practitionerIdSchema,
  pseudonymSchema,
} from '../protocol/ids.ts'
import { laterContract } from '../protocol/typed-data.ts'
import { type EmergencyCase, readEmergencyCase } from './emergency.ts'
import { inPieces } from './events.ts'
import { emergencyAccessAbi } from './generated/emergency-access.ts'
import type { Ledger } from './ledger.ts'

const reasons = Object.keys(emergencyReasons) as EmergencyReason[]

/** A case as the authority reviews it: what its event tells, and where it stands now. */
export interface ListedEmergency extends EmergencyCase {
  id: EmergencyCaseId
  /** The patient's pseudonym for emergencies, which stands nowhere else */
  patient: Pseudonym
  practitioner: PractitionerId
  reason: EmergencyReason
  blockNumber: number
}

/** Every case that was ever opened, oldest first. */
export async function listEmergencies(ledger: Ledger): Promise<ListedEmergency[]> {
  const logs = await inPieces(ledger, {}, (blocks) =>
    ledger.client.getContractEvents({
      abi: emergencyAccessAbi,
      address: laterContract(ledger.deployment, 'emergencyAccess'),
      eventName: 'CaseOpened',
      strict: true,
      ...blocks,
    }),
  )
  const cases = await Promise.all(
    logs.map(async ({ args, blockNumber }) => {
      const id = emergencyCaseIdSchema.parse(args.id)
      const patient = pseudonymSchema.parse(args.patient)
      const kept = await readEmergencyCase(ledger, patient, id)
      const reason = reasons[args.reason - 1] ?? 'other'
      const practitioner = practitionerIdSchema.parse(args.practitioner)
      return kept && { ...kept, id, patient, practitioner, reason, blockNumber: Number(blockNumber) }
    }),
  )
  return cases.filter((found) => found !== null)
}

/** A case that is over and that nobody has reviewed yet. */
export const isReviewOwed = ({ state, review }: EmergencyCase): boolean =>
  review === null && (state === 'closed' || state === 'vetoed')
