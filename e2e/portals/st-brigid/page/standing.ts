import { timeOf } from '../../kit/page.ts'
import { reasonWords, type Standing } from './account.ts'

export const standingTitles = {
  pending: 'Pending',
  confirmed: 'Confirmed',
  rejected: 'Not confirmed',
} as const

const listOf = new Intl.ListFormat('en', { type: 'conjunction' })
const namesOf = (people: readonly { name: string }[]) => listOf.format(people.map(({ name }) => name))

/** Where a record stands, for the patient. */
export function standingForPatient(standing: Standing): string {
  switch (standing.status) {
    case 'confirmed':
      return standing.counts
        ? `Confirmed by ${namesOf(standing.counts.votes.filter(({ choice }) => choice === 'approve'))}, and kept in our main records.`
        : 'Confirmed by you, and kept in our main records.'
    case 'rejected':
      return `Not confirmed: ${reasonsOf(standing)}. Your own copy stays yours; talk to us about what is wrong.`
    case 'pending':
      if (standing.counts) {
        const { approvals, quorum, votes, votingUntil } = standing.counts
        return `Being checked by ${namesOf(votes)}: ${approvals} of ${quorum} say so far that it is right. They have until ${timeOf(votingUntil)}.`
      }
      return `Not confirmed yet: ${namesOf(standing.supporters)} would check it, and you have kept it to yourself. Your own copy is complete either way.`
  }
}

/** The same, for the records office. */
export function standingForStaff(standing: Standing): string {
  switch (standing.status) {
    case 'confirmed':
      return standing.counts
        ? `${countsOf(standing.counts)} Moved to the main records.`
        : 'By the patient alone. Moved to the main records.'
    case 'rejected':
      return `${countsOf(standing.counts)} ${reasonsOf(standing)}. Stays out of the main records.`
    case 'pending':
      if (standing.counts)
        return `${countsOf(standing.counts)} Open until ${timeOf(standing.counts.votingUntil)}.`
      return `The patient lets nobody check it. ${namesOf(standing.supporters)} would have.`
  }
}

const countsOf = ({
  approvals,
  rejections,
  quorum,
}: {
  approvals: number
  rejections: number
  quorum: number
}) => `${approvals} of ${quorum} needed votes for it, ${rejections} against.`

const reasonsOf = ({ reasons }: Extract<Standing, { status: 'rejected' }>) =>
  reasons.length === 0
    ? 'Too few votes came in time'
    : reasons.map(({ by, choice }) => `${by.name} says: ${reasonWords[choice]}`).join('; ')
