import { z } from 'zod'

/** A ledger's time or block number as a number. A stranger's grant may name the end of time: it is cut, not rounded. */
export const wholeNumberSchema = z
  .bigint()
  .min(0n)
  .transform((value) => (value > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : Number(value)))
