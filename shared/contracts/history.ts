import { z } from 'zod'
import { addressSchema, type OrganizationId, type PractitionerId } from '../protocol/ids.ts'
import { laterContract } from '../protocol/typed-data.ts'
import { inPieces, placeOf, placeSchema } from './events.ts'
import { accreditationAbi } from './generated/accreditation.ts'
import { practitionersAbi } from './generated/practitioners.ts'
import type { Ledger } from './ledger.ts'

const kinds = {
  OrganizationRegistered: 'registered',
  OrganizationUpdated: 'updated',
  OrganizationSuspended: 'suspended',
  OrganizationReinstated: 'reinstated',
  PractitionerRegistered: 'registered',
  PractitionerUpdated: 'updated',
  PractitionerSuspended: 'suspended',
  PractitionerReinstated: 'reinstated',
} as const

const changeSchema = placeSchema.extend({
  kind: z.enum(['registered', 'updated', 'suspended', 'reinstated']),
  /** Who signs from then on; null where the act did not state it. */
  signer: addressSchema.nullable(),
})
/** One act of a registrar upon an organization or practitioner. */
export type RegistryChange = z.infer<typeof changeSchema>

/** All that registrars ever did with an organization, oldest first. */
export async function readOrganizationHistory(ledger: Ledger, id: OrganizationId): Promise<RegistryChange[]> {
  const logs = await inPieces(ledger, {}, async (blocks) => {
    const place = { abi: accreditationAbi, address: ledger.deployment.contracts.accreditation, ...blocks }
    const ask = { args: { id }, strict: true, ...place } as const
    const found = await Promise.all([
      ledger.client.getContractEvents({ ...ask, eventName: 'OrganizationRegistered' }),
      ledger.client.getContractEvents({ ...ask, eventName: 'OrganizationUpdated' }),
      ledger.client.getContractEvents({ ...ask, eventName: 'OrganizationSuspended' }),
      ledger.client.getContractEvents({ ...ask, eventName: 'OrganizationReinstated' }),
    ])
    return found.flat()
  })
  return inOrder(await Promise.all(logs.map((log) => changeOf(ledger, log))))
}

/** All that registrars ever did with a practitioner, oldest first. */
export async function readPractitionerHistory(ledger: Ledger, id: PractitionerId): Promise<RegistryChange[]> {
  const logs = await inPieces(ledger, {}, async (blocks) => {
    const address = laterContract(ledger.deployment, 'practitioners')
    const ask = { abi: practitionersAbi, address, args: { id }, strict: true, ...blocks } as const
    const found = await Promise.all([
      ledger.client.getContractEvents({ ...ask, eventName: 'PractitionerRegistered' }),
      ledger.client.getContractEvents({ ...ask, eventName: 'PractitionerUpdated' }),
      ledger.client.getContractEvents({ ...ask, eventName: 'PractitionerSuspended' }),
      ledger.client.getContractEvents({ ...ask, eventName: 'PractitionerReinstated' }),
    ])
    return found.flat()
  })
  return inOrder(await Promise.all(logs.map((log) => changeOf(ledger, log))))
}

type Log = Parameters<typeof placeOf>[1] & { eventName: keyof typeof kinds; args: object }

async function changeOf(ledger: Ledger, log: Log): Promise<RegistryChange> {
  const signer = 'signer' in log.args ? log.args.signer : null
  return changeSchema.parse({ ...(await placeOf(ledger, log)), kind: kinds[log.eventName], signer })
}

const inOrder = (changes: RegistryChange[]) =>
  changes.sort((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex)
