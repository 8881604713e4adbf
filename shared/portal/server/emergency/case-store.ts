import { z } from 'zod'
import {
  type EmergencyCaseId,
  emergencyCaseIdSchema,
  emergencyOpeningSchema,
} from '../../../protocol/emergency.ts'
import { emergencyReplySchema } from '../../../protocol/emergency-shares.ts'
import { CarekeyError } from '../../../protocol/errors.ts'
import { hash32Schema, unixSecondsSchema } from '../../../protocol/ids.ts'
import type { PortalStore } from '../store.ts'

/** What this organization keeps of a case that one of its practitioners opened. */
const openedCaseSchema = z.strictObject({
  id: emergencyCaseIdSchema,
  opening: emergencyOpeningSchema,
  /** What was written down for the review, and the salt of its hash on the ledger */
  detail: z.string(),
  salt: hash32Schema,
  /** What the relay gave once the case was open; forgotten when reading ends */
  fetched: emergencyReplySchema.nullable(),
  /** base64, by holder; forgotten when reading ends */
  shares: z.record(z.string(), z.string()),
  refusals: z.record(z.string(), z.string()),
  askedAt: unixSecondsSchema,
  startedAt: unixSecondsSchema.nullable(),
  stoppedAt: unixSecondsSchema.nullable(),
})
export type OpenedCase = z.infer<typeof openedCaseSchema>

/** No case outlives its review by so much. */
const keptUntil = 253_402_300_799
const listKey = 'emergency-cases'
const keyOf = (id: EmergencyCaseId) => `emergency-case:${id}`

export interface CaseStore {
  add(opened: OpenedCase): Promise<void>
  /** Throws CarekeyError `emergency-unknown`. */
  get(id: EmergencyCaseId): Promise<OpenedCase>
  /** Reads, changes and writes, one caller after the other. */
  change(
    id: EmergencyCaseId,
    change: (opened: OpenedCase) => OpenedCase | Promise<OpenedCase>,
  ): Promise<OpenedCase>
  /** Oldest first. */
  ids(): Promise<EmergencyCaseId[]>
}

export function caseStore(store: PortalStore): CaseStore {
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const done = turn.then(act, act)
    turn = done.catch(() => undefined)
    return done
  }
  const ids = async () => z.array(emergencyCaseIdSchema).parse(JSON.parse((await store.get(listKey)) ?? '[]'))
  const put = async (opened: OpenedCase) => {
    await store.set(keyOf(opened.id), JSON.stringify(openedCaseSchema.parse(opened)), keptUntil)
    return opened
  }
  const get = async (id: EmergencyCaseId): Promise<OpenedCase> => {
    const text = await store.get(keyOf(id))
    if (text !== undefined) return openedCaseSchema.parse(JSON.parse(text))
    throw new CarekeyError('emergency-unknown', 'Nobody of this organization has opened this case.')
  }
  return {
    add: (opened) =>
      inTurn(async () => {
        await put(opened)
        const known = await ids()
        await store.set(listKey, JSON.stringify([...new Set([...known, opened.id])]), keptUntil)
      }),
    get,
    change: (id, change) => inTurn(async () => put(await change(await get(id)))),
    ids,
  }
}
