import type { DatabaseSync } from 'node:sqlite'
import { type Portal, type Review, readBills } from 'carekey/portal/server'
import { z } from 'zod'
import { rows } from './database.ts'
import { type Row, readable } from './readable.ts'
import { Refused } from './web.ts'

/** What a hospital keeps of the records that it checks for others: nothing once the voting is over but its own vote. */
export const reviewTables = `
  CREATE TABLE IF NOT EXISTS review (
    id TEXT PRIMARY KEY, review TEXT NOT NULL, statement TEXT, content BLOB, choice TEXT, note TEXT NOT NULL,
    received_at INTEGER NOT NULL
  ) STRICT;
`

const statementSchema = z.object({
  title: z.string(),
  category: z.string(),
  mediaType: z.string(),
  period: z.object({ start: z.string(), end: z.string() }),
  issuedAt: z.string(),
  practitioner: z.string().optional(),
})

const reviewSchema = z.object({
  id: z.string(),
  review: z.string().transform((text): Review => JSON.parse(text)),
  statement: z
    .string()
    .transform((text) => statementSchema.parse(JSON.parse(text)))
    .nullable(),
  content: z.instanceof(Uint8Array).nullable(),
  choice: z.string().nullable(),
  /** Why the record could not be opened, in plain words. */
  note: z.string(),
  receivedAt: z.number(),
})
type KeptReview = z.output<typeof reviewSchema>

const columns = 'id, review, statement, content, choice, note, received_at AS receivedAt'

const listReviews = (database: DatabaseSync): KeptReview[] =>
  rows(database, reviewSchema, `SELECT ${columns} FROM review ORDER BY received_at DESC, rowid DESC`)

export function reviewOf(database: DatabaseSync, id: string): KeptReview {
  const [review] = rows(database, reviewSchema, `SELECT ${columns} FROM review WHERE id = ?`, id)
  if (!review) throw new Refused(404, 'Nobody asked us to check this.')
  return review
}

export function saveChoice(database: DatabaseSync, id: string, choice: string): void {
  database.prepare('UPDATE review SET choice = ? WHERE id = ?').run(choice, id)
}

/** Collects what waits in the inbox, then opens what is not open yet. */
export async function takeReviews(
  database: DatabaseSync,
  portal: Portal,
  signal: AbortSignal,
): Promise<void> {
  await portal.collectReviews((review) => {
    database
      .prepare('INSERT OR IGNORE INTO review VALUES (?, ?, NULL, NULL, NULL, ?, ?)')
      .run(review.id, JSON.stringify(review), '', Math.floor(Date.now() / 1_000))
  }, signal)
  for (const { id, review, content, note } of listReviews(database)) {
    if (content || note) continue
    await openOne(database, portal, id, review, signal)
  }
}

async function openOne(
  database: DatabaseSync,
  portal: Portal,
  id: string,
  review: Review,
  signal: AbortSignal,
): Promise<void> {
  try {
    const opened = await portal.openReview(review, { signal })
    const { statement, content } = opened.record
    database
      .prepare('UPDATE review SET statement = ?, content = ? WHERE id = ?')
      .run(JSON.stringify(statement), content, id)
    await portal.logAccess(opened, signal)
  } catch (error) {
    if (signal.aborted) return
    const { message, reason } = error as { message: string; reason?: string }
    // What is only away for a moment is tried again; the rest a person should read.
    if (reason === 'ledger-unreachable' || reason === 'relay-unreachable') return
    database.prepare('UPDATE review SET note = ? WHERE id = ? AND content IS NULL').run(message, id)
  }
}

/** What the desk shows, each with its votes as the ledger has them. A copy is forgotten once the voting is over. */
export async function deskItems(database: DatabaseSync, portal: Portal) {
  return Promise.all(
    listReviews(database).map(async ({ id, review, statement, content, choice, note, receivedAt }) => {
      const counts = await portal.voteCounts(review.deposit)
      if (counts?.isOver && content) {
        database.prepare('UPDATE review SET content = NULL, note = ? WHERE id = ?').run(forgotten, id)
      }
      const mine = counts?.votes.find((vote) => vote.id === portal.organization.id)?.choice
      return {
        id,
        author: review.author.name,
        votingUntil: review.deposit.votingUntil,
        statement,
        rows: content && statement ? linesOf(content, statement) : [],
        isReadable: content !== null,
        choice: mine ?? choice,
        note,
        receivedAt,
        counts: counts && {
          ...counts,
          votes: counts.votes.filter((vote) => vote.id !== portal.organization.id),
        },
      }
    }),
  )
}

const soonDays = 60

/** This hospital's quality check: written soon after the care that it speaks of, and readable. */
export function isGood({ statement, content }: Pick<KeptReview, 'statement' | 'content'>): boolean {
  if (!statement || !content) return false
  const lateMs = Date.parse(statement.issuedAt) - Date.parse(statement.period.end)
  return lateMs <= soonDays * 24 * 60 * 60 * 1_000 && linesOf(content, statement).length > 0
}

/** A bill by its lines and sums, anything else by what it says. */
function linesOf(content: Uint8Array, { category, mediaType }: z.output<typeof statementSchema>): Row[] {
  if (category !== 'billing') return readable(content)
  try {
    return readBills(content, mediaType).flatMap(({ lines, total, date = '' }) =>
      [...lines, { label: 'Total', amount: total }].map(({ label, amount }) => ({
        name: label,
        value: amount ? amountOf(amount) : '',
        date: date.slice(0, 10),
      })),
    )
  } catch {
    return []
  }
}

function amountOf({ minor, currency }: { minor: number; currency: string }): string {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency })
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}

const forgotten = 'The voting is over, and with it our permission: we have deleted our copy.'
