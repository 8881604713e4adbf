import { type Deposit, type DepositId, depositIdOf, depositTypedData } from '../../protocol/attestation.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import { grantIdOf, grantTypedData } from '../../protocol/grant.ts'
import { reviewMessageSchema } from '../../protocol/inbox.ts'
import type { PlacedGrant } from '../../protocol/provider.ts'
import { type OpenContext, type OpenedGrant, type OpenOptions, openGrant } from './open-grant.ts'
import { parse } from './parse.ts'
import { requireSigner } from './signature.ts'
import type { Supporter } from './supporters.ts'

/** A deposit of another organization that its patient lets this one read, to vote on it. Keep it until the vote. */
export interface Review {
  id: DepositId
  author: Supporter
  deposit: Deposit
  /** The author's, over `deposit`: whoever holds it may open the deposit on the ledger. */
  signature: `0x${string}`
  /** For `openReview`. */
  granted: PlacedGrant
}

/**
 * Checks a review that came by the inbox (protocol, section 10): signed by its author, who names us; its permission
 * signed by the patient, for us. Throws CarekeyError with the reason.
 */
export async function readReview(
  { settings, ledger }: Pick<OpenContext, 'settings' | 'ledger'>,
  message: unknown,
): Promise<Review> {
  const { deposit, signature, granted } = parse(reviewMessageSchema, message, 'The review')
  const { author, commitment, subject } = deposit
  const id = depositIdOf(author, commitment, subject)
  const [signer, name] = await Promise.all([ledger.signerOf(author), ledger.nameOf(author)])
  await requireSigner(depositTypedData(settings.network, deposit), signature, signer, 'the deposit')
  const { grant, signature: consent } = granted.grant
  if (grant.grantee !== settings.organization) {
    throw new CarekeyError('grant-not-yours', 'This permission is for another organization.')
  }
  if (grant.patient !== subject) {
    throw new CarekeyError('patient-mismatch', 'This permission is another patient’s.')
  }
  if (grantIdOf(settings.network, grant) !== granted.grantId) {
    throw new CarekeyError('params-invalid', 'The review contradicts itself.')
  }
  await requireSigner(grantTypedData(settings.network, grant), consent, subject, 'the permission')
  const voters = await ledger.votesOn(id)
  const may =
    voters.length > 0
      ? voters.some(({ voter }) => voter === settings.organization)
      : (await ledger.supportersOf(author)).supporters.includes(settings.organization)
  if (!may) throw new CarekeyError('support-refused', 'The author does not name this organization.')
  return { id, author: { id: author, name }, deposit, signature, granted }
}

/** A review's record with all that was checked; log the access as any other. */
export type OpenedReview = OpenedGrant & { record: OpenedGrant['records'][number] }

/** Opens the one record of a review. Throws what `openGrant` throws, and `grant-scope` for any other record. */
export async function openReview(
  context: OpenContext,
  { deposit, granted }: Pick<Review, 'deposit' | 'granted'>,
  options: Omit<OpenOptions, 'patient'> = {},
): Promise<OpenedReview> {
  const opened = await openGrant(context, granted, { ...options, patient: deposit.subject })
  const [record, ...others] = opened.records
  const isTheOne =
    record?.commitment === deposit.commitment &&
    record.statement.author === deposit.author &&
    record.statement.subject === deposit.subject
  if (!record || !isTheOne || others.length > 0) {
    throw new CarekeyError('grant-scope', 'The permission opens something else than what is to be checked.')
  }
  return { ...opened, record }
}
