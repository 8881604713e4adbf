import { encodeFunctionData } from 'viem'
import type { OrganizationId } from '../protocol/ids.ts'
import type { Deployment } from '../protocol/typed-data.ts'
import type { Call } from './calls.ts'
import { accreditationAbi } from './generated/accreditation.ts'
import type { Organization } from './organizations.ts'

/** What a registrar states about an organization. */
export type Registration = Omit<Organization, 'id' | 'suspended'>

export const encodeRegister = (
  deployment: Deployment,
  id: OrganizationId,
  statement: Registration,
): Call => ({
  to: deployment.contracts.accreditation,
  data: encodeFunctionData({
    abi: accreditationAbi,
    functionName: 'register',
    args: [id, onLedger(statement)],
  }),
})

/** States everything anew; a suspension stays. */
export const encodeUpdate = (deployment: Deployment, id: OrganizationId, statement: Registration): Call => ({
  to: deployment.contracts.accreditation,
  data: encodeFunctionData({
    abi: accreditationAbi,
    functionName: 'update',
    args: [id, onLedger(statement)],
  }),
})

export const encodeSuspend = (deployment: Deployment, id: OrganizationId): Call => ({
  to: deployment.contracts.accreditation,
  data: encodeFunctionData({ abi: accreditationAbi, functionName: 'suspend', args: [id] }),
})

export const encodeReinstate = (deployment: Deployment, id: OrganizationId): Call => ({
  to: deployment.contracts.accreditation,
  data: encodeFunctionData({ abi: accreditationAbi, functionName: 'reinstate', args: [id] }),
})

const onLedger = (statement: Registration) => ({
  ...statement,
  validFrom: BigInt(statement.validFrom),
  validUntil: BigInt(statement.validUntil),
})
