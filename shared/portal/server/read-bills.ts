import { type Bill, billsOf } from '../../fhir/bills.ts'
import { readDocument } from '../../fhir/read.ts'
import { CarekeyError } from '../../protocol/errors.ts'

/**
 * The bills of an opened billing record in figures: every amount in whole minor units with its currency, exact.
 * Throws CarekeyError `record-format-unknown`, `record-damaged`, `record-too-large`.
 */
export function readBills(content: Uint8Array, mediaType: string): Bill[] {
  const read = readDocument(content, mediaType)
  if (read.ok) return billsOf(read.document)
  throw new CarekeyError(read.reason, read.message)
}
