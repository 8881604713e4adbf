// For tests of any room: a deposit that two of three supporters confirmed, and how a candidacy is signed.
import type { PrivateKeyAccount } from 'viem/accounts'
import type { DepositId } from '../protocol/attestation.ts'
import {
  appraisalTypedData,
  candidacyTypedData,
  type SignedAppraisal,
  type SignedCandidacy,
} from '../protocol/credit.ts'
import { disputeTypedData, type SignedDispute } from '../protocol/dispute.ts'
import { addressSchema, type Commitment, NO_HASH, pseudonymSchema, signatureSchema } from '../protocol/ids.ts'
import { encodeOpenDeposit, encodeVote, readVotes } from './attestations.ts'
import { encodeAnchor } from './calls.ts'
import { submit } from './submit.ts'
import { signTestDeposit, signTestVote } from './test-attestations.ts'
import { newPatient, signTestAnchor, type TestLedger, type TestOrganization } from './test-ledger.ts'

const day = 24 * 60 * 60

/** A new patient's record by St. Brigid that the first two supporters voted for. */
export async function confirmTestDeposit(
  world: TestLedger,
  supporters: readonly TestOrganization[],
  statement: string,
): Promise<{
  patient: PrivateKeyAccount
  id: DepositId
  claimed: Awaited<ReturnType<typeof signTestDeposit>>['deposit']
}> {
  const { deployed, wallet } = world
  const patient = newPatient()
  const accepted = await signTestAnchor(world, patient, statement)
  const signed = await signTestDeposit(world, accepted.anchor)
  await submit(wallet, encodeAnchor(deployed, accepted))
  await submit(wallet, encodeOpenDeposit(deployed, signed))
  const places = await readVotes(world.ledger, signed.id)
  for (const [index, place] of places.slice(0, 2).entries()) {
    const voter = supporters.find(({ id }) => id === place.voter)
    if (!voter) throw new Error('Only those given are named.')
    await submit(
      wallet,
      encodeVote(deployed, await signTestVote(world, voter, signed.id, 'approve', 1), index),
    )
  }
  return { patient, id: signed.id, claimed: signed.deposit }
}

export async function signTestAppraisal(
  { deployed, startedAt }: TestLedger,
  voter: TestOrganization,
  deposit: DepositId,
): Promise<SignedAppraisal> {
  const appraisal = { deposit, voter: voter.id, deadline: startedAt + 30 * day }
  const signature = await voter.signer.signTypedData(appraisalTypedData(deployed, appraisal))
  return { appraisal, signature: signatureSchema.parse(signature) }
}

export async function signTestDispute(
  { deployed, startedAt }: Pick<TestLedger, 'deployed' | 'startedAt'>,
  patient: PrivateKeyAccount,
  commitment: Commitment,
): Promise<SignedDispute> {
  const dispute = {
    subject: pseudonymSchema.parse(patient.address),
    commitment,
    reason: 'not-correct',
    reasonHash: NO_HASH,
    deadline: startedAt + 30 * day,
  } as const
  const signature = await patient.signTypedData(disputeTypedData(deployed, dispute))
  return { dispute, signature: signatureSchema.parse(signature) }
}

export async function signTestCandidacy(
  { deployed, startedAt }: TestLedger,
  organization: TestOrganization,
  node: `0x${string}`,
  round = 1,
): Promise<SignedCandidacy> {
  const candidacy = {
    organization: organization.id,
    node: addressSchema.parse(node),
    round,
    deadline: startedAt + 30 * day,
  }
  const signature = await organization.signer.signTypedData(candidacyTypedData(deployed, candidacy))
  return { candidacy, signature: signatureSchema.parse(signature) }
}
