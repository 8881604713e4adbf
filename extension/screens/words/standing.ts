import type { VoteChoice } from '../../../shared/protocol/attestation.ts'
import type { RecordStanding } from '../../snapshots.ts'
import { momentInWords, type Reader, readerNow } from './time.ts'

/** What a hospital that checks a record has said of it. */
export const choiceInWords: Record<VoteChoice, string> = {
  approve: 'says that it is right',
  'wrong-patient': 'says that it is about somebody else',
  implausible: 'says that it cannot be right',
  duplicate: 'says that it repeats another record',
  incomplete: 'says that something is missing',
  'wrong-amount': 'says that an amount is wrong',
  other: 'says that something else is wrong',
}

export function standingBadge(
  state: RecordStanding['state'],
): { text: string; tone: 'neutral' | 'good' | 'caution' } | null {
  switch (state) {
    case 'unasked':
      return null
    case 'pending':
      return { text: 'Being checked', tone: 'caution' }
    case 'confirmed':
      return { text: 'Confirmed', tone: 'good' }
    case 'rejected':
      return { text: 'Not confirmed', tone: 'caution' }
  }
}

const hospitals = (count: number) => (count === 1 ? '1 hospital' : `${count} hospitals`)

/** "It needs 2 hospitals to say that it is right; 1 has so far. They have until tomorrow, 14:00." */
export function standingInWords(
  { state, tally, answer }: RecordStanding,
  author: string,
  reader: Reader = readerNow(),
): string {
  if (state === 'unasked' || !tally) {
    if (answer === 'declined') return 'You let nobody check it. You keep it all the same.'
    if (answer === 'granted') return `${author} has not asked for answers yet.`
    return 'Nobody but you was asked about it.'
  }
  const { approvals, quorum, votingUntil } = tally
  if (quorum === 0) {
    return state === 'confirmed'
      ? `You accepted it, and that is enough: ${author} names nobody who checks its records.`
      : 'It waits for your acceptance on the ledger.'
  }
  const needs = `${hospitals(quorum)} to say that it is right`
  const some = approvals === 0 ? 'none' : approvals
  switch (state) {
    case 'pending':
      return `It needs ${needs}; ${some} ${approvals > 1 ? 'have' : 'has'} so far. They have until ${momentInWords(votingUntil, reader)}.`
    case 'confirmed':
      return `${hospitals(approvals)} checked it and said that it is right.`
    case 'rejected':
      return `It needed ${needs}; ${some} did. The time to answer ended ${momentInWords(votingUntil, reader)}.`
  }
}
