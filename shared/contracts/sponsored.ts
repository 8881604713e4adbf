import { type Abi, getAbiItem, type Hex, toFunctionSelector } from 'viem'
import type { Deployment } from '../protocol/typed-data.ts'
import type { Call } from './calls.ts'
import { attestationsAbi } from './generated/attestations.ts'
import { consentsAbi } from './generated/consents.ts'
import { creditsAbi } from './generated/credits.ts'
import { delegationsAbi } from './generated/delegations.ts'
import { disputesAbi } from './generated/disputes.ts'
import { emergencyAccessAbi } from './generated/emergency-access.ts'
import { recordsAbi } from './generated/records.ts'
import { statisticsAbi } from './generated/statistics.ts'
import { validatorsAbi } from './generated/validators.ts'

const selectorOf = (abi: Abi, name: string): Hex => {
  const item = getAbiItem({ abi, name })
  if (item?.type !== 'function') throw new Error(`No contract has a function ${name}.`)
  return toFunctionSelector(item)
}

/** The only calls that a sponsor pays for: each names its contract and its function. */
export const sponsoredCalls = {
  grant: { contract: 'consents', selector: selectorOf(consentsAbi, 'grant') },
  revocation: { contract: 'consents', selector: selectorOf(consentsAbi, 'revoke') },
  replacement: { contract: 'consents', selector: selectorOf(consentsAbi, 'replace') },
  'delegated-grant': { contract: 'consents', selector: selectorOf(consentsAbi, 'grantFor') },
  'delegated-revocation': { contract: 'consents', selector: selectorOf(consentsAbi, 'revokeFor') },
  delegation: { contract: 'delegations', selector: selectorOf(delegationsAbi, 'delegate') },
  'delegation-revocation': {
    contract: 'delegations',
    selector: selectorOf(delegationsAbi, 'revokeDelegation'),
  },
  dispute: { contract: 'disputes', selector: selectorOf(disputesAbi, 'dispute') },
  tombstone: { contract: 'disputes', selector: selectorOf(disputesAbi, 'tombstone') },
  statistics: { contract: 'statistics', selector: selectorOf(statisticsAbi, 'publish') },
  credit: { contract: 'credits', selector: selectorOf(creditsAbi, 'claim') },
  candidacy: { contract: 'validators', selector: selectorOf(validatorsAbi, 'stand') },
  access: { contract: 'consents', selector: selectorOf(consentsAbi, 'logAccess') },
  anchor: { contract: 'records', selector: selectorOf(recordsAbi, 'anchor') },
  naming: { contract: 'attestations', selector: selectorOf(attestationsAbi, 'nameSupporters') },
  deposit: { contract: 'attestations', selector: selectorOf(attestationsAbi, 'open') },
  vote: { contract: 'attestations', selector: selectorOf(attestationsAbi, 'vote') },
  policy: { contract: 'emergencyAccess', selector: selectorOf(emergencyAccessAbi, 'statePolicy') },
  opening: { contract: 'emergencyAccess', selector: selectorOf(emergencyAccessAbi, 'open') },
  veto: { contract: 'emergencyAccess', selector: selectorOf(emergencyAccessAbi, 'veto') },
} as const

/** Which act a call is, by target and selector; null for anything that a sponsor must not pay for. */
export function sponsoredKindOf(deployment: Deployment, call: Call): keyof typeof sponsoredCalls | null {
  const selector = call.data.slice(0, '0x'.length + 8).toLowerCase()
  const to = call.to.toLowerCase()
  for (const [kind, allowed] of Object.entries(sponsoredCalls)) {
    if (deployment.contracts[allowed.contract]?.toLowerCase() === to && allowed.selector === selector) {
      return kind as keyof typeof sponsoredCalls
    }
  }
  return null
}
