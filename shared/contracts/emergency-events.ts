import { z } from 'zod'
import { emergencyCaseIdSchema, emergencyReasons } from '../protocol/emergency.ts'
import { organizationIdSchema, type Pseudonym, practitionerIdSchema } from '../protocol/ids.ts'
import { laterContract } from '../protocol/typed-data.ts'
import { type BlockRange, inPieces, placeOf, placeSchema } from './events.ts'
import { emergencyAccessAbi } from './generated/emergency-access.ts'
import type { Ledger } from './ledger.ts'

const reasonSchema = z
  .int()
  .transform((index) => Object.keys(emergencyReasons)[index - 1])
  .pipe(z.enum(Object.keys(emergencyReasons) as (keyof typeof emergencyReasons)[]))

const stated = placeSchema.extend({
  kind: z.literal('stated'),
  allowed: z.boolean(),
  organizations: z.array(organizationIdSchema),
  round: z.bigint().transform(Number),
})
const opened = placeSchema.extend({
  kind: z.literal('opened'),
  id: emergencyCaseIdSchema,
  practitioner: practitionerIdSchema,
  reason: reasonSchema,
  releaseFrom: z.int(),
  closesAt: z.int(),
})
const vetoed = placeSchema.extend({ kind: z.literal('vetoed'), id: emergencyCaseIdSchema })
const reviewed = placeSchema.extend({
  kind: z.literal('reviewed'),
  id: emergencyCaseIdSchema,
  justified: z.boolean(),
})
const eventSchema = z.discriminatedUnion('kind', [stated, opened, vetoed, reviewed])
export type EmergencyEvent = z.infer<typeof eventSchema>

const kinds: Record<string, EmergencyEvent['kind']> = {
  PolicyStated: 'stated',
  CaseOpened: 'opened',
  CaseVetoed: 'vetoed',
  CaseReviewed: 'reviewed',
}

/** All that the ledger has of one emergency pseudonym, oldest first. */
export async function readEmergencyEvents(
  ledger: Ledger,
  patient: Pseudonym,
  range: BlockRange = {},
): Promise<EmergencyEvent[]> {
  const address = laterContract(ledger.deployment, 'emergencyAccess')
  const of = (eventName: 'PolicyStated' | 'CaseOpened' | 'CaseVetoed' | 'CaseReviewed') =>
    inPieces(ledger, range, (blocks) =>
      ledger.client.getContractEvents({
        abi: emergencyAccessAbi,
        address,
        eventName,
        args: { patient },
        strict: true,
        ...blocks,
      }),
    )
  const logs = (
    await Promise.all([of('PolicyStated'), of('CaseOpened'), of('CaseVetoed'), of('CaseReviewed')])
  ).flat()
  const events = await Promise.all(
    logs.map(async (log) =>
      eventSchema.parse({ ...log.args, ...(await placeOf(ledger, log)), kind: kinds[log.eventName] }),
    ),
  )
  return events.sort((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex)
}

/** The list of organizations in the policy that is in force; empty for any, or where there is no policy. */
export async function readEmergencyOrganizations(ledger: Ledger, patient: Pseudonym) {
  const events = await readEmergencyEvents(ledger, patient)
  return events.findLast((event) => event.kind === 'stated')?.organizations ?? []
}
