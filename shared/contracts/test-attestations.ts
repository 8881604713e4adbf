// For tests of any room: organizations that support St. Brigid, and how deposits and votes are signed.
import type { Anchor } from '../protocol/anchor.ts'
import {
  type Deposit,
  type DepositId,
  depositIdOf,
  depositTypedData,
  namingTypedData,
  type SignedDeposit,
  type SignedVote,
  type VoteChoice,
  voteTypedData,
} from '../protocol/attestation.ts'
import { signatureSchema } from '../protocol/ids.ts'
import { encodeApproveSupport, encodeNameSupporters } from './attestations.ts'
import { submit } from './submit.ts'
import type { TestLedger, TestOrganization } from './test-ledger.ts'

const day = 24 * 60 * 60

/** Accredits, approves and names organizations that support St. Brigid; in the order of their places. */
export async function nameTestSupporters(
  { accredit, deployed, startedAt, stBrigid, wallet }: TestLedger,
  names: readonly string[],
): Promise<TestOrganization[]> {
  const supporters: TestOrganization[] = []
  for (const name of names) {
    const supporter = await accredit(name, `${name}.example`)
    await submit(wallet, encodeApproveSupport(deployed, stBrigid.id, supporter.id))
    supporters.push(supporter)
  }
  supporters.sort((a, b) => (a.id < b.id ? -1 : 1))
  const naming = {
    author: stBrigid.id,
    supporters: supporters.map(({ id }) => id),
    round: 1,
    deadline: startedAt + day,
  }
  const signature = await stBrigid.signer.signTypedData(namingTypedData(deployed, naming))
  await submit(
    wallet,
    encodeNameSupporters(deployed, { naming, signature: signatureSchema.parse(signature) }),
  )
  return supporters
}

export async function signTestDeposit(
  { deployed, startedAt, stBrigid }: TestLedger,
  { commitment, subject }: Anchor,
): Promise<SignedDeposit & { id: DepositId }> {
  const deposit: Deposit = {
    author: stBrigid.id,
    commitment,
    subject,
    votingUntil: startedAt + 7 * day,
    deadline: startedAt + day,
  }
  const signature = await stBrigid.signer.signTypedData(depositTypedData(deployed, deposit))
  return {
    deposit,
    signature: signatureSchema.parse(signature),
    id: depositIdOf(deposit.author, commitment, subject),
  }
}

export async function signTestVote(
  { deployed, startedAt }: TestLedger,
  voter: TestOrganization,
  deposit: DepositId,
  choice: VoteChoice,
  round: number,
): Promise<SignedVote> {
  const vote = { deposit, voter: voter.id, choice, round, deadline: startedAt + day }
  const signature = await voter.signer.signTypedData(voteTypedData(deployed, vote))
  return { vote, signature: signatureSchema.parse(signature) }
}
