import { z } from 'zod'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { Account } from '../identity/tokens.ts'
import { relayLimits } from '../limits.ts'
import { anyCidSchema, parseCid } from '../storage/cid.ts'
import type { Value } from '../storage/database.ts'

const statusSchema = z.enum(['queued', 'pinning', 'pinned', 'failed'])
const commaList = z.string().transform((text) => text.split(','))
const metaSchema = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' })
    return z.NEVER
  }
})

/** The query of `GET /pins` (Pinning Service API 1.0). */
const filterSchema = z.object({
  cid: commaList.pipe(z.array(anyCidSchema).min(1).max(10)).optional(),
  name: z.string().max(255).optional(),
  match: z.enum(['exact', 'iexact', 'partial', 'ipartial']).default('exact'),
  status: commaList.pipe(z.array(statusSchema).min(1)).optional(),
  before: z.iso.datetime({ offset: true }).optional(),
  after: z.iso.datetime({ offset: true }).optional(),
  limit: z.coerce.number().int().min(1).max(relayLimits.pinsPage).default(relayLimits.pinsPageDefault),
  meta: metaSchema.pipe(z.record(z.string(), z.string())).optional(),
})
export type PinFilter = z.infer<typeof filterSchema>

/** @throws CarekeyError `params-invalid` */
export function readFilter(query: URLSearchParams): PinFilter {
  const parsed = filterSchema.safeParse(Object.fromEntries(query))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new CarekeyError(
    'params-invalid',
    `${issue?.path.join('.') ?? 'The query'}: ${issue?.message ?? 'not valid'}`,
  )
}

/** The condition on `pins` for one account's filter. Without any filter only successful pins are listed, as the API says. */
export function whereOf(account: Account, filter: PinFilter): { sql: string; values: Value[] } {
  const conditions = ['account = ?', 'hidden = 0']
  const values: Value[] = [account]
  const add = (condition: string, ...more: Value[]): void => {
    conditions.push(condition)
    values.push(...more)
  }
  const isFiltered = filter.cid ?? filter.name ?? filter.before ?? filter.after ?? filter.meta
  const statuses = filter.status ?? (isFiltered === undefined ? ['pinned'] : null)
  if (statuses) add(`status IN (${marks(statuses)})`, ...statuses)
  if (filter.cid)
    add(`root IN (${marks(filter.cid)})`, ...filter.cid.map((cid) => parseCid(cid).multihash.bytes))
  if (filter.name !== undefined) {
    const [text, sought] = filter.match.startsWith('i')
      ? ['lower(name)', filter.name.toLowerCase()]
      : ['name', filter.name]
    if (filter.match.endsWith('exact')) add(`${text} = ?`, sought)
    else add(`strpos(${text}, ?) > 0`, sought)
  }
  if (filter.before !== undefined) add('created_ms < ?', Date.parse(filter.before))
  if (filter.after !== undefined) add('created_ms > ?', Date.parse(filter.after))
  for (const [key, value] of Object.entries(filter.meta ?? {})) {
    add('json_has(meta, ?, ?) = 1', key, value)
  }
  return { sql: conditions.join(' AND '), values }
}

const marks = (items: readonly unknown[]): string => items.map(() => '?').join(', ')
