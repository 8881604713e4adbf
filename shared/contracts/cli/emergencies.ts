import { randomBytes } from 'node:crypto'
import { type Hex, toHex } from 'viem'
import { encodeEmergencyReview } from '../emergency.ts'
import { isReviewOwed, type ListedEmergency, listEmergencies } from '../emergency-cases.ts'
import { hashFindings } from '../findings.ts'
import { act, unchanged } from './act.ts'
import type { Command, Outcome } from './command.ts'
import { command } from './context.ts'
import { UsageError } from './failure.ts'
import { choice, flag, hash, text } from './option.ts'
import { minuteOf, table } from './table.ts'

const verdicts = ['justified', 'unjustified'] as const
const longestFindings = 4_000

export const emergencyCommands: Record<string, Command> = {
  emergencies: command({
    summary: 'lists emergency cases; with --owed only those whose review is owed',
    options: { owed: flag },
    run: async ({ owed }, { ledger }) => {
      const all = await listEmergencies(ledger)
      const found = owed ? all.filter(isReviewOwed) : all
      return {
        json: found,
        text:
          found.length === 0
            ? `There is no emergency case${owed ? ' whose review is owed' : ''}.`
            : table(['OPENED', 'STATE', 'REASON', 'REVIEW', 'CASE'], found.map(rowOf)),
      }
    },
  }),
  'review-emergency': command({
    summary: 'states what the review of a case that is over has found',
    options: { case: hash, verdict: choice(verdicts), findings: text('TEXT', longestFindings) },
    run: async ({ case: id, verdict, findings }, context) => {
      const found = (await listEmergencies(context.ledger)).find((one) => one.id === id.toLowerCase())
      if (!found) throw new UsageError(`No emergency was opened as ${id}. "emergencies" lists them.`)
      if (found.review) return unchanged('this case is reviewed already; a review cannot be changed.')
      if (!isReviewOwed(found)) {
        throw new UsageError(`This case is not over before ${minuteOf(found.closesAt)}: review it then.`)
      }
      const salt = toHex(randomBytes(32))
      const findingsHash = hashFindings(findings, salt)
      const call = encodeEmergencyReview(context.ledger.deployment, found.patient, found.id, {
        justified: verdict === 'justified',
        findingsHash,
      })
      return withFindings(await act(context, `state the case as ${verdict}`, call), salt, findingsHash)
    },
  }),
}

const withFindings = ({ json, text: said }: Outcome, salt: Hex, findingsHash: Hex): Outcome => ({
  json: { ...(json as object), salt, findingsHash },
  text: `${said}\nKeep the findings with this salt, or nobody can prove them: ${salt}`,
})

const rowOf = ({ openedAt, state, reason, review, id, ...rest }: ListedEmergency) => [
  minuteOf(openedAt),
  state,
  reason,
  review
    ? `${review.justified ? 'justified' : 'unjustified'}, ${minuteOf(review.at)}`
    : isReviewOwed({ state, review, openedAt, ...rest })
      ? 'owed'
      : 'once it is over',
  id,
]
