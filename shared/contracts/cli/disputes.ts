import { randomBytes } from 'node:crypto'
import { toHex } from 'viem'
import { commitmentSchema, pseudonymSchema } from '../../protocol/ids.ts'
import { encodeResolveDispute, readDispute, readDisputes } from '../disputes.ts'
import { hashFindings } from '../findings.ts'
import type { Ledger } from '../ledger.ts'
import { act, unchanged } from './act.ts'
import type { Command } from './command.ts'
import { command } from './context.ts'
import { UsageError } from './failure.ts'
import { address, choice, flag, hash, text } from './option.ts'
import { minuteOf, table } from './table.ts'

const answers = ['upheld', 'dismissed'] as const
const longestFindings = 4_000

export const disputeCommands: Record<string, Command> = {
  disputes: command({
    summary: 'lists what patients dispute; with --open only what waits for an answer',
    options: { open: flag },
    run: async ({ open }, { ledger }) => {
      const all = await listDisputes(ledger)
      const found = open ? all.filter(({ status }) => status === 'open') : all
      const rows = found.map(({ disputedAt, status, reason, subject, commitment }) => [
        minuteOf(disputedAt),
        status,
        reason ?? 'unknown',
        subject,
        commitment,
      ])
      return {
        json: found,
        text:
          rows.length === 0
            ? `There is no ${open ? 'open ' : ''}dispute.`
            : table(['SINCE', 'STATUS', 'REASON', 'PSEUDONYM', 'RECORD'], rows),
      }
    },
  }),
  'resolve-dispute': command({
    summary: 'answers a dispute, as an adjudicator; an answer is for good',
    options: {
      record: hash,
      pseudonym: address,
      answer: choice(answers),
      findings: text('TEXT', longestFindings),
    },
    run: async (values, context) => {
      const commitment = commitmentSchema.parse(values.record)
      const subject = pseudonymSchema.parse(values.pseudonym)
      const { status } = await readDispute(context.ledger, subject, commitment)
      if (status === 'none') {
        throw new UsageError(`${subject} disputes no such record. "disputes" lists what is disputed.`)
      }
      if (status !== 'open')
        return unchanged(`this dispute is ${status} already; an answer cannot be changed.`)
      const salt = toHex(randomBytes(32))
      const findingsHash = hashFindings(values.findings, salt)
      const call = encodeResolveDispute(context.ledger.deployment, {
        subject,
        commitment,
        upheld: values.answer === 'upheld',
        findingsHash,
      })
      const { json, text: said } = await act(context, `answer the dispute as ${values.answer}`, call)
      return {
        json: { ...(json as object), salt, findingsHash },
        text: `${said}\nKeep the findings with this salt, or nobody can prove them: ${salt}`,
      }
    },
  }),
}

async function listDisputes(ledger: Ledger) {
  const events = await readDisputes(ledger)
  return Promise.all(
    events.map(async ({ subject, commitment, blockNumber }) => ({
      ...(await readDispute(ledger, subject, commitment)),
      subject,
      commitment,
      blockNumber,
    })),
  )
}
