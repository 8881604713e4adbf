import { z } from 'zod'
import { type VoteChoice, voteChoiceSchema, voteSchema, voteTypedData } from '../../protocol/attestation.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import type { Ledger } from './ledger.ts'
import { limits } from './limits.ts'
import { openDeposit } from './open-deposit.ts'
import type { Settings } from './options.ts'
import { parse } from './parse.ts'
import type { Relay } from './relay.ts'
import type { Review } from './reviews.ts'
import { sign } from './signature.ts'
import { type Submitted, submitAct } from './submit-act.ts'

/**
 * Votes for a deposit, or against it with the reason; again, and it changes the vote. Opens the deposit on the ledger
 * if nobody has. Throws CarekeyError `support-refused`, `voting-over`, `vote-superseded`.
 */
export async function vote(
  { settings, ledger, relay }: { settings: Settings; ledger: Ledger; relay: Relay },
  { id, deposit, signature }: Pick<Review, 'id' | 'deposit' | 'signature'>,
  wish: VoteChoice,
  signal?: AbortSignal,
): Promise<Submitted> {
  const choice = parse(z.object({ choice: voteChoiceSchema }), { choice: wish }, 'The vote').choice
  await openDeposit({ ledger, relay }, { deposit, signature }, signal)
  const votes = await ledger.votesOn(id)
  const index = votes.findIndex(({ voter }) => voter === settings.organization)
  const mine = votes[index]
  if (!mine) {
    throw new CarekeyError('support-refused', 'This organization is not among those who may vote on this.')
  }
  if (mine.choice === choice) return { status: 'mined', transactionHash: null }
  const message = parse(
    voteSchema,
    {
      deposit: id,
      voter: settings.organization,
      choice,
      round: mine.round + 1,
      deadline: (await ledger.now()) + limits.organizationActSeconds,
    },
    'The vote',
  )
  const signed = await sign(settings.account, voteTypedData(settings.network, message))
  return submitAct(relay, { kind: 'vote', vote: message, signature: signed, index }, signal)
}
