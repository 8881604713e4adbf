import { expect, it } from 'vitest'
import { attestationsAbi } from './generated/attestations.ts'
import { batchesAbi } from './generated/batches.ts'
import { consentsAbi } from './generated/consents.ts'
import { creditsAbi } from './generated/credits.ts'
import { delegationsAbi } from './generated/delegations.ts'
import { disputesAbi } from './generated/disputes.ts'
import { emergencyAccessAbi } from './generated/emergency-access.ts'
import { recordsAbi } from './generated/records.ts'

interface Parameter {
  name?: string
  type: string
  components?: readonly Parameter[]
}

/** Every name under which something about a patient can come to the ledger: pseudonyms, organizations, times, a purpose
 * code, salted hashes, signatures, how an organization
 * voted, and an emergency's practitioner, times and coded reason. What is added here is public for ever. */
const allowed = [
  'a.commitment:bytes32',
  'a.deadline:uint256',
  'a.previous:bytes32',
  'a.subject:address',
  'acceptanceDeadline:uint256',
  'acceptanceSignature.r:bytes32',
  'acceptanceSignature.s:bytes32',
  'acceptanceSignature.v:uint8',
  'accessHash:bytes32',
  'allowed:bool',
  'appraisals.deadline:uint256',
  'appraisals.index:uint256',
  'author:bytes32',
  'authorSignature.r:bytes32',
  'authorSignature.s:bytes32',
  'authorSignature.v:uint8',
  'by:address',
  'choice:uint8',
  'closesAt:uint48',
  'commitment:bytes32',
  'd.author:bytes32',
  'd.commitment:bytes32',
  'd.deadline:uint256',
  'd.delegate:address',
  'd.notAfter:uint64',
  'd.notBefore:uint64',
  'd.patient:address',
  'd.role:uint8',
  'd.subject:address',
  'd.votingUntil:uint64',
  'deadline:uint256',
  'delegate:address',
  'delegation:bytes32',
  'deposit:bytes32',
  'findingsHash:bytes32',
  'former:bytes32',
  'g.deadline:uint256',
  'g.grantee:bytes32',
  'g.notAfter:uint64',
  'g.notBefore:uint64',
  'g.patient:address',
  'g.purpose:bytes32',
  'g.scopeHash:bytes32',
  'grantee:bytes32',
  'id:bytes32',
  'index:uint256',
  'justified:bool',
  'notAfter:uint64',
  'notBefore:uint64',
  'o.deadline:uint256',
  'o.detailHash:bytes32',
  'o.patient:address',
  'o.practitioner:bytes32',
  'o.reason:uint8',
  'organizations:bytes32[]',
  'p.allowed:bool',
  'p.deadline:uint256',
  'p.guardians:bytes32',
  'p.holders:uint8',
  'p.holdersHash:bytes32',
  'p.organizations:bytes32[]',
  'p.patient:address',
  'p.round:uint256',
  'p.threshold:uint8',
  'p.waitSeconds:uint32',
  'p.windowSeconds:uint32',
  'patient:address',
  'points:uint256',
  'practitioner:bytes32',
  'previous:bytes32',
  'proof:bytes32[]',
  'purpose:bytes32',
  'reason:uint8',
  'reasonHash:bytes32',
  'releaseFrom:uint48',
  'revocation.r:bytes32',
  'revocation.s:bytes32',
  'revocation.v:uint8',
  'role:uint8',
  'root:bytes32',
  'round:uint256',
  'salt:bytes32',
  'scopeHash:bytes32',
  'signature.r:bytes32',
  'signature.s:bytes32',
  'signature.v:uint8',
  'subject:address',
  'supporter:bytes32',
  'supporters:bytes32[]',
  'upheld:bool',
  'voter:bytes32',
  'votingUntil:uint64',
]

const fieldsOf = (parameter: Parameter, prefix = ''): string[] =>
  parameter.components
    ? parameter.components.flatMap((component) => fieldsOf(component, `${parameter.name}.`))
    : [`${prefix}${parameter.name}:${parameter.type}`]

it('writes nothing about a patient on the ledger but what is listed here', () => {
  const written = [
    ...consentsAbi,
    ...recordsAbi,
    ...batchesAbi,
    ...attestationsAbi,
    ...emergencyAccessAbi,
    ...delegationsAbi,
    ...disputesAbi,
    ...creditsAbi,
  ].flatMap((entry) => {
    const isWritten =
      (entry.type === 'function' && entry.stateMutability === 'nonpayable') ||
      (entry.type === 'event' && entry.name !== 'EIP712DomainChanged')
    return isWritten ? entry.inputs.flatMap((input) => fieldsOf(input)) : []
  })
  expect([...new Set(written)].sort()).toEqual(allowed)
})

it('offers no function by which anyone could administer consents or records', () => {
  const writing = [...consentsAbi, ...recordsAbi, ...batchesAbi, ...delegationsAbi].flatMap((entry) =>
    entry.type === 'function' && entry.stateMutability === 'nonpayable' ? [entry.name] : [],
  )
  expect(writing.sort()).toEqual([
    'anchor',
    'anchorBatch',
    'delegate',
    'grant',
    'grantBatch',
    'grantFor',
    'logAccess',
    'replace',
    'revoke',
    'revokeDelegation',
    'revokeFor',
  ])
})
