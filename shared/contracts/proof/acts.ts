// One round of what people and organizations do on the ledger, and what anyone reads of it: to be run on any chain.
import { encodeFunctionData, type Hex, hexToBigInt, keccak256, slice, stringToBytes, stringToHex } from 'viem'
import { encodeOpenDeposit, encodeVote } from '../attestations.ts'
import { anchorLeafOf, batchOf, encodeAnchorBatch, encodeGrantBatch, grantLeafOf } from '../batches.ts'
import { type Call, encodeAccess, encodeAnchor, encodeGrant, encodeRevocation } from '../calls.ts'
import { encodeEmergencyOpening, encodeEmergencyPolicy } from '../emergency.ts'
import { accreditationAbi } from '../generated/accreditation.ts'
import { attestationsAbi } from '../generated/attestations.ts'
import { consentsAbi } from '../generated/consents.ts'
import { emergencyAccessAbi } from '../generated/emergency-access.ts'
import { recordsAbi } from '../generated/records.ts'
import { validatorsAbi } from '../generated/validators.ts'
import { signTestDeposit, signTestVote } from '../test-attestations.ts'
import { signTestOpening, signTestPolicy, type TestPractitioner } from '../test-emergency.ts'
import {
  newPatient,
  signTestAccess,
  signTestAnchor,
  signTestGrant,
  signTestRevocation,
  type TestLedger,
  type TestOrganization,
} from '../test-ledger.ts'

export interface Act {
  name: string
  call: Call
}

/** A view's call; `holds` says whether the reply is what the acts before it must have led to. */
export interface Reading extends Act {
  holds: (reply: Hex) => boolean
}

export interface Round {
  acts: Act[]
  readings: Reading[]
}

/** Signs a round for a patient of its own. Its acts go in their order, the readings after them. */
export async function signRound(
  world: TestLedger,
  supporter: TestOrganization,
  medic: TestPractitioner,
): Promise<Round> {
  const { deployed } = world
  const patient = newPatient()
  const statement = `statement of ${patient.address}`
  const revoked = await signTestGrant(world, patient)
  const kept = await signTestGrant(world, patient, { scopeHash: keccak256(stringToBytes('kept')) })
  const anchor = await signTestAnchor(world, patient, statement)
  const deposit = await signTestDeposit(world, anchor.anchor)
  const vote = await signTestVote(world, supporter, deposit.id, 'approve', 1)
  const opening = await signTestOpening(world, medic, patient)
  const others = [await signTestGrant(world, newPatient()), await signTestGrant(world, newPatient())]
  const accepted = await signTestAnchor(world, newPatient(), `${statement}, batched`)
  const acts = [
    { name: 'grant', call: encodeGrant(deployed, kept) },
    { name: 'grant, to be revoked', call: encodeGrant(deployed, revoked) },
    { name: 'logAccess', call: encodeAccess(deployed, await signTestAccess(world, kept.grant)) },
    {
      name: 'revoke',
      call: encodeRevocation(deployed, await signTestRevocation(world, patient, revoked.id)),
    },
    { name: 'anchor', call: encodeAnchor(deployed, anchor) },
    { name: 'openDeposit', call: encodeOpenDeposit(deployed, deposit) },
    { name: 'vote', call: encodeVote(deployed, vote, 0) },
    { name: 'statePolicy', call: encodeEmergencyPolicy(deployed, await signTestPolicy(world, patient)) },
    { name: 'emergencyOpen', call: encodeEmergencyOpening(deployed, opening) },
    {
      name: 'grantBatch',
      call: encodeGrantBatch(deployed, rootOf(others.map((one) => grantLeafOf(deployed, one)))),
    },
    { name: 'anchorBatch', call: encodeAnchorBatch(deployed, rootOf([anchorLeafOf(deployed, accepted)])) },
  ]
  const { patient: pseudonym } = kept.grant
  const { contracts } = deployed
  const { commitment } = anchor.anchor
  const { validators, attestations, emergencyAccess } = contracts
  if (!validators || !attestations || !emergencyAccess) throw new Error('All contracts are deployed here.')
  const consents = (functionName: 'isActive' | 'stateOf', grant: Hex): Call => ({
    to: contracts.consents,
    data: encodeFunctionData({ abi: consentsAbi, functionName, args: [pseudonym, grant] }),
  })
  const anchorOf = encodeFunctionData({
    abi: recordsAbi,
    functionName: 'anchorOf',
    args: [commitment, pseudonym, world.stBrigid.id],
  })
  const organization = encodeFunctionData({
    abi: accreditationAbi,
    functionName: 'organization',
    args: [world.stBrigid.id],
  })
  const tallyOf = encodeFunctionData({
    abi: attestationsAbi,
    functionName: 'tallyOf',
    args: [world.stBrigid.id, commitment, pseudonym],
  })
  const caseOf = encodeFunctionData({
    abi: emergencyAccessAbi,
    functionName: 'caseOf',
    args: [pseudonym, opening.id],
  })
  const getValidators = encodeFunctionData({ abi: validatorsAbi, functionName: 'getValidators' })
  const readings: Reading[] = [
    { name: 'isActive', call: consents('isActive', kept.id), holds: (reply) => BigInt(reply) === 1n },
    {
      name: 'isActive, revoked',
      call: consents('isActive', revoked.id),
      holds: (reply) => BigInt(reply) === 0n,
    },
    {
      name: 'stateOf, revoked',
      call: consents('stateOf', revoked.id),
      holds: (reply) => word(reply, 3) > 0n,
    },
    {
      name: 'anchorOf',
      call: { to: contracts.records, data: anchorOf },
      holds: (reply) => word(reply, 0) > 0n && word(reply, 1) > 0n,
    },
    {
      name: 'organization',
      call: { to: contracts.accreditation, data: organization },
      holds: (reply) => reply.includes(stringToHex(world.stBrigid.registration.name).slice(2)),
    },
    { name: 'tallyOf', call: { to: attestations, data: tallyOf }, holds: (reply) => word(reply, 0) > 0n },
    // Waiting: the patient's own wait runs.
    { name: 'caseOf', call: { to: emergencyAccess, data: caseOf }, holds: (reply) => word(reply, 0) === 1n },
    {
      name: 'getValidators',
      call: { to: validators, data: getValidators },
      holds: (reply) => word(reply, 1) > 0n,
    },
  ]
  return { acts, readings }
}

const rootOf = (leaves: readonly Hex[]): Hex => batchOf(leaves).root

/** One 32-byte word of a reply. */
const word = (reply: Hex, index: number): bigint => hexToBigInt(slice(reply, index * 32, (index + 1) * 32))
