import { readCredit } from '../../contracts/credits.ts'
import { openLedger } from '../../contracts/ledger.ts'
import { depositIdOf } from '../../protocol/attestation.ts'
import {
  appraisalSchema,
  appraisalTypedData,
  type SignedAppraisal,
  signedAppraisalSchema,
} from '../../protocol/credit.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import { appraisalMessageSchema } from '../../protocol/inbox.ts'
import { type Collected, collect } from './collect.ts'
import { sealJson } from './emergency/holder.ts'
import type { Ledger } from './ledger.ts'
import { limits } from './limits.ts'
import type { Settings } from './options.ts'
import { parse } from './parse.ts'
import type { Relay } from './relay.ts'
import type { Review } from './reviews.ts'
import { requireSigner, sign } from './signature.ts'
import type { DepositReference } from './standing.ts'
import { submitAct } from './submit-act.ts'

type Context = { settings: Settings; ledger: Ledger; relay: Relay }

/** What a confirmed deposit has earned its author: 1 point, or 2 when its supporters appraised it as well. */
export interface Earned {
  points: number
}

const keyOf = (deposit: string, voter: string) => `appraisal:${deposit}:${voter}`

/**
 * States that a deposit which this organization voted for arrived soon after care and passes its quality check; leaves that
 * in the author's inbox. It counts once the author claims its credit.
 */
export async function appraise(
  { settings, ledger, relay }: Context,
  { id, author }: Pick<Review, 'id' | 'author'>,
  signal?: AbortSignal,
): Promise<void> {
  const appraisal = parse(
    appraisalSchema,
    {
      deposit: id,
      voter: settings.organization,
      deadline: (await ledger.now()) + limits.appraisalSeconds,
    },
    'The appraisal',
  )
  const signature = await sign(settings.account, appraisalTypedData(settings.network, appraisal))
  const { account, recipient } = await ledger.inboxOf(author.id)
  await relay.leave(account, await sealJson(recipient, { kind: 'appraisal', appraisal, signature }), signal)
}

/** Collects appraisals from this organization's inbox, and keeps each for the claim of its deposit. */
export const collectAppraisals = (context: Context, signal?: AbortSignal): Promise<Collected> =>
  collect(
    context,
    {
      isMine: (kind) => kind === 'appraisal',
      read: (message) => readAppraisal(context, message),
      handle: ({ appraisal, signature }) =>
        context.settings.store.set(
          keyOf(appraisal.deposit, appraisal.voter),
          JSON.stringify({ appraisal, signature }),
          appraisal.deadline,
        ),
    },
    signal,
  )

async function readAppraisal({ settings, ledger }: Context, message: unknown): Promise<SignedAppraisal> {
  const { appraisal, signature } = parse(appraisalMessageSchema, message, 'The appraisal')
  const votes = await ledger.votesOn(appraisal.deposit)
  if (!votes.some(({ voter }) => voter === appraisal.voter)) {
    throw new CarekeyError('support-refused', 'Only who may vote on a deposit can appraise it.')
  }
  const signer = await ledger.signerOf(appraisal.voter)
  await requireSigner(appraisalTypedData(settings.network, appraisal), signature, signer, 'the appraisal')
  return { appraisal, signature }
}

/**
 * Claims what a confirmed deposit of this organization has earned, with the appraisals that were collected; harmless where
 * nothing more is due. Throws CarekeyError `credit-refused` for what is not confirmed, or by the patient alone.
 */
export async function claimCredit(
  { settings, ledger, relay }: Context,
  deposit: DepositReference,
  signal?: AbortSignal,
): Promise<Earned> {
  const id = depositIdOf(deposit.author, deposit.commitment, deposit.subject)
  const appraisals: { index: number; signed: SignedAppraisal }[] = []
  for (const [index, { voter, choice }] of (await ledger.votesOn(id)).entries()) {
    const kept = choice === 'approve' ? await settings.store.get(keyOf(id, voter)) : undefined
    if (kept !== undefined) appraisals.push({ index, signed: signedAppraisalSchema.parse(JSON.parse(kept)) })
  }
  const act = { kind: 'credit' as const, claimed: deposit, appraisals }
  await submitAct(relay, act, signal).catch((error: unknown) => {
    // Nothing is due beyond what it has: said below.
    if (!(error instanceof CarekeyError && error.reason === 'credit-exists')) throw error
  })
  const { points } = await readCredit(openLedger(settings.network), id)
  return { points }
}
