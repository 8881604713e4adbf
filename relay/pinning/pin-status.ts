import { z } from 'zod'
import { type PinStatus, pinSchema } from '../../shared/protocol/relay-api.ts'
import type { Account } from '../identity/tokens.ts'
import { relayLimits } from '../limits.ts'
import { anyCidSchema } from '../storage/cid.ts'

/** A pin as any client of the Pinning Service API may write it. */
export const pinRequestSchema = z.object({
  ...pinSchema.shape,
  cid: anyCidSchema,
  meta: z
    .record(z.string(), z.string())
    .refine((meta) => JSON.stringify(meta).length <= relayLimits.pinMetaMaxBytes, { message: 'is too large' })
    .optional(),
  origins: z.array(z.string().max(512)).max(20).optional(),
})
export type PinRequest = z.infer<typeof pinRequestSchema>

export interface PinRow {
  requestid: string
  account: Account
  cid: string
  name: string | null
  origins: string
  meta: string
  status: PinStatus['status']
  detail: string | null
  created_ms: number
  settle_by_ms: number
  replaces: string | null
  /** What became of it at the upstream service, if it goes there. */
  upstream: string | null
}

export const pinColumns = `requestid, account, cid, name, origins, meta, status, detail, created_ms, settle_by_ms, replaces,
  (SELECT replicas.status FROM replicas WHERE replicas.root = pins.root) AS upstream`

export function toStatus(row: PinRow, delegates: readonly string[]): PinStatus {
  const origins = z.array(z.string()).parse(JSON.parse(row.origins))
  const meta = z.record(z.string(), z.string()).parse(JSON.parse(row.meta))
  return {
    requestid: row.requestid,
    status: row.status,
    created: new Date(row.created_ms).toISOString(),
    pin: {
      // Echoed as the client wrote it, which for our own clients is CIDv1 in base32.
      cid: row.cid as PinStatus['pin']['cid'],
      ...(row.name === null ? {} : { name: row.name }),
      origins,
      meta,
    },
    delegates: [...delegates],
    info: {
      ...(row.detail === null ? {} : { status_details: row.detail }),
      ...(row.upstream === null || row.status !== 'pinned' ? {} : { upstream: row.upstream }),
    },
  }
}
