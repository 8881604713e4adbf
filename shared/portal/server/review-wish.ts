import { type Deposit, depositTypedData, type ReviewWish } from '../../protocol/attestation.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import type { Commitment, Pseudonym } from '../../protocol/ids.ts'
import type { Ledger } from './ledger.ts'
import { limits } from './limits.ts'
import type { Settings } from './options.ts'
import { sign } from './signature.ts'

export interface VotingWish {
  /** How long the supporters may vote, from the offer on. Default 14 days, at most 90. */
  votingSeconds?: number
}

/** What an offer asks of the author's supporters; null if it names none: then the patient alone confirms. */
export async function wishForReview(
  { settings, ledger }: { settings: Settings; ledger: Ledger },
  { votingSeconds = limits.votingDefaultSeconds }: VotingWish,
  { commitment, subject }: { commitment: Commitment; subject: Pseudonym },
): Promise<ReviewWish | null> {
  if (!(votingSeconds >= limits.votingMinSeconds && votingSeconds <= limits.votingMaxSeconds)) {
    throw new CarekeyError('params-invalid', 'Supporters may vote for 1 hour to 90 days.')
  }
  const { supporters } = await ledger.supportersOf(settings.organization)
  if (supporters.length === 0) return null
  const votingUntil = (await ledger.now()) + votingSeconds
  const deposit: Deposit = {
    author: settings.organization,
    commitment,
    subject,
    votingUntil,
    // It may be opened as long as anybody could vote.
    deadline: votingUntil,
  }
  const signature = await sign(settings.account, depositTypedData(settings.network, deposit))
  return { deposit, signature, supporters }
}
