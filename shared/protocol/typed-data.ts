import type { Address, Hex, TypedDataDomain } from 'viem'
import { CarekeyError } from './errors.ts'

/** Which deployment a signature belongs to: every domain binds the chain and one contract. */
export interface Deployment {
  chainId: number
  contracts: { accreditation: Address; consents: Address; records: Address } & {
    [name in LaterContract]?: Address | undefined
  }
}

/** What a ledger may lack: a network that was deployed without them goes on working. */
export const laterContracts = [
  'batches',
  'practitioners',
  'attestations',
  'emergencyAccess',
  'delegations',
  'disputes',
  'statistics',
  'credits',
  'validators',
] as const
export type LaterContract = (typeof laterContracts)[number]

/** Throws `not-found` where the ledger lacks the contract. */
export function laterContract(deployment: Deployment, name: LaterContract): Address {
  const address = deployment.contracts[name]
  if (address) return address
  throw new CarekeyError(
    'not-found',
    `This ledger has no ${name} contract: ask whoever runs it to deploy it.`,
  )
}

export const typedDataTypes = {
  // On the ledger: consents
  Grant: [
    { name: 'patient', type: 'address' },
    { name: 'grantee', type: 'bytes32' },
    { name: 'purpose', type: 'bytes32' },
    { name: 'notBefore', type: 'uint64' },
    { name: 'notAfter', type: 'uint64' },
    { name: 'scopeHash', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
  ],
  Revocation: [
    { name: 'grant', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
  ],
  Access: [
    { name: 'grant', type: 'bytes32' },
    { name: 'accessHash', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
  ],
  // On the ledger: records
  Anchor: [
    { name: 'commitment', type: 'bytes32' },
    { name: 'subject', type: 'address' },
    { name: 'previous', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
  ],
  Acceptance: [
    { name: 'anchor', type: 'bytes32' },
    { name: 'author', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
  ],
  // On the ledger: attestations
  Naming: [
    { name: 'author', type: 'bytes32' },
    { name: 'supporters', type: 'bytes32[]' },
    { name: 'round', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
  Deposit: [
    { name: 'author', type: 'bytes32' },
    { name: 'commitment', type: 'bytes32' },
    { name: 'subject', type: 'address' },
    { name: 'votingUntil', type: 'uint64' },
    { name: 'deadline', type: 'uint256' },
  ],
  Vote: [
    { name: 'deposit', type: 'bytes32' },
    { name: 'voter', type: 'bytes32' },
    { name: 'choice', type: 'uint8' },
    { name: 'round', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
  // On the ledger: delegations
  Delegation: [
    { name: 'patient', type: 'address' },
    { name: 'delegate', type: 'address' },
    { name: 'role', type: 'uint8' },
    { name: 'notBefore', type: 'uint64' },
    { name: 'notAfter', type: 'uint64' },
    { name: 'deadline', type: 'uint256' },
  ],
  DelegationRevocation: [
    { name: 'delegation', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
  ],
  // On the ledger: disputes
  Dispute: [
    { name: 'commitment', type: 'bytes32' },
    { name: 'reason', type: 'uint8' },
    { name: 'reasonHash', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
  ],
  Tombstone: [
    { name: 'commitment', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
  ],
  // On the ledger: statistics
  Publication: [
    { name: 'organization', type: 'bytes32' },
    { name: 'from', type: 'uint64' },
    { name: 'until', type: 'uint64' },
    { name: 'rows', type: 'Row[]' },
    { name: 'deadline', type: 'uint256' },
  ],
  Row: [
    { name: 'category', type: 'uint8' },
    { name: 'ageBand', type: 'uint8' },
    { name: 'sex', type: 'uint8' },
    { name: 'records', type: 'uint32' },
    { name: 'diagnoses', type: 'uint32' },
  ],
  // On the ledger: credits and validators
  Appraisal: [
    { name: 'deposit', type: 'bytes32' },
    { name: 'voter', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
  ],
  Candidacy: [
    { name: 'organization', type: 'bytes32' },
    { name: 'node', type: 'address' },
    { name: 'round', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
  // On the ledger: emergencies
  Policy: [
    { name: 'patient', type: 'address' },
    { name: 'allowed', type: 'bool' },
    { name: 'waitSeconds', type: 'uint32' },
    { name: 'windowSeconds', type: 'uint32' },
    { name: 'threshold', type: 'uint8' },
    { name: 'holders', type: 'uint8' },
    { name: 'organizations', type: 'bytes32[]' },
    { name: 'guardians', type: 'bytes32' },
    { name: 'holdersHash', type: 'bytes32' },
    { name: 'round', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
  Opening: [
    { name: 'patient', type: 'address' },
    { name: 'practitioner', type: 'bytes32' },
    { name: 'reason', type: 'uint8' },
    { name: 'detailHash', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
  ],
  Veto: [
    { name: 'opening', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
  ],
  // Off the ledger, between a portal and the extension
  Challenge: [
    { name: 'organization', type: 'bytes32' },
    { name: 'origin', type: 'string' },
    { name: 'nonce', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
  ],
  Connection: [
    { name: 'challenge', type: 'bytes32' },
    { name: 'patient', type: 'address' },
    { name: 'origin', type: 'string' },
    { name: 'recipientHash', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
  ],
  Voucher: [
    { name: 'organization', type: 'bytes32' },
    { name: 'patient', type: 'address' },
    { name: 'deadline', type: 'uint256' },
  ],
  AccessRequest: [
    { name: 'organization', type: 'bytes32' },
    { name: 'patient', type: 'address' },
    { name: 'categories', type: 'string[]' },
    { name: 'periodStart', type: 'string' },
    { name: 'periodEnd', type: 'string' },
    { name: 'purpose', type: 'string' },
    { name: 'durationSeconds', type: 'uint64' },
    { name: 'reason', type: 'string' },
    { name: 'practitioner', type: 'string' },
    { name: 'nonce', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
  ],
  Decision: [
    { name: 'request', type: 'bytes32' },
    { name: 'outcome', type: 'string' },
    { name: 'grant', type: 'bytes32' },
    { name: 'decidedAt', type: 'uint256' },
  ],
  SubjectLink: [
    { name: 'subject', type: 'address' },
    { name: 'patient', type: 'address' },
    { name: 'grant', type: 'bytes32' },
  ],
  // Off the ledger, between a patient, the holders of shares and who opened an emergency
  EmergencyLink: [
    { name: 'patient', type: 'address' },
    { name: 'pseudonym', type: 'address' },
    { name: 'holders', type: 'bytes32' },
  ],
  ShareHeld: [
    { name: 'organization', type: 'bytes32' },
    { name: 'holders', type: 'bytes32' },
  ],
  ShareRequest: [
    { name: 'opening', type: 'bytes32' },
    { name: 'organization', type: 'bytes32' },
    { name: 'holders', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
  ],
  // Off the ledger, towards a relay or a serving peer
  SignIn: [
    { name: 'account', type: 'address' },
    { name: 'audience', type: 'string' },
    { name: 'nonce', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
  ],
  Retrieval: [
    { name: 'grant', type: 'bytes32' },
    { name: 'cid', type: 'string' },
    { name: 'peer', type: 'string' },
    { name: 'nonce', type: 'bytes32' },
    { name: 'deadline', type: 'uint256' },
  ],
} as const

const consentTypes = ['Grant', 'Revocation', 'Access'] as const
const recordTypes = ['Anchor', 'Acceptance'] as const
const attestationTypes = ['Naming', 'Deposit', 'Vote'] as const
const emergencyTypes = ['Policy', 'Opening', 'Veto'] as const

/** The contract's name and its domain's, for what is signed for a contract that a ledger may lack. */
const laterDomains: { [P in PrimaryType]?: readonly [contract: LaterContract, name: string] } = {
  Delegation: ['delegations', 'Carekey Delegations'],
  DelegationRevocation: ['delegations', 'Carekey Delegations'],
  Dispute: ['disputes', 'Carekey Disputes'],
  Tombstone: ['disputes', 'Carekey Disputes'],
  Publication: ['statistics', 'Carekey Statistics'],
  Appraisal: ['credits', 'Carekey Credits'],
  Candidacy: ['validators', 'Carekey Validators'],
}

export type PrimaryType = keyof typeof typedDataTypes

type SolidityValue<T extends string> = T extends 'string'
  ? string
  : T extends 'bool'
    ? boolean
    : T extends 'string[]'
      ? readonly string[]
      : T extends 'uint64' | 'uint256'
        ? bigint
        : T extends 'bytes32[]'
          ? readonly Hex[]
          : T extends 'uint8' | 'uint32'
            ? number
            : T extends 'address'
              ? Address
              : T extends 'Row[]'
                ? readonly TypedMessage<'Row'>[]
                : Hex

/** The message of a primary type, as viem takes it. */
export type TypedMessage<P extends PrimaryType> = {
  [F in (typeof typedDataTypes)[P][number] as F['name']]: SolidityValue<F['type']>
}

function domainOf(deployment: Deployment, primaryType: PrimaryType): TypedDataDomain {
  const { chainId, contracts } = deployment
  if ((consentTypes as readonly PrimaryType[]).includes(primaryType)) {
    return { name: 'Carekey Consents', version: '1', chainId, verifyingContract: contracts.consents }
  }
  if ((recordTypes as readonly PrimaryType[]).includes(primaryType)) {
    return { name: 'Carekey Records', version: '1', chainId, verifyingContract: contracts.records }
  }
  if ((attestationTypes as readonly PrimaryType[]).includes(primaryType)) {
    const verifyingContract = laterContract(deployment, 'attestations')
    return { name: 'Carekey Attestations', version: '1', chainId, verifyingContract }
  }
  if ((emergencyTypes as readonly PrimaryType[]).includes(primaryType)) {
    const verifyingContract = laterContract(deployment, 'emergencyAccess')
    return { name: 'Carekey Emergency', version: '1', chainId, verifyingContract }
  }
  const [later, name] = laterDomains[primaryType] ?? []
  if (later && name) {
    return { name, version: '1', chainId, verifyingContract: laterContract(deployment, later) }
  }
  return { name: 'Carekey', version: '1', chainId, verifyingContract: contracts.accreditation }
}

/** Everything `signTypedData`, `hashTypedData` and `recoverTypedDataAddress` of viem need. */
export interface TypedData {
  domain: TypedDataDomain
  types: Record<string, readonly { name: string; type: string }[]>
  primaryType: string
  message: Record<string, unknown>
}

/** Builds the typed data of one message for one deployment. */
export function typedData<P extends PrimaryType>(
  deployment: Deployment,
  primaryType: P,
  message: TypedMessage<P>,
): TypedData {
  return {
    domain: domainOf(deployment, primaryType),
    types: {
      [primaryType]: typedDataTypes[primaryType],
      ...(primaryType === 'Publication' ? { Row: typedDataTypes.Row } : {}),
    },
    primaryType,
    message: { ...message },
  }
}
