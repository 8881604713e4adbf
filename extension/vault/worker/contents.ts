import { toHex } from '../../../shared/crypto/bytes.ts'
import { decodeEnvelope } from '../../../shared/crypto/envelope.ts'
import { careIn } from '../../../shared/fhir/bills.ts'
import { readDocument } from '../../../shared/fhir/read.ts'
import { summarize } from '../../../shared/fhir/summarize.ts'
import { validate } from '../../../shared/fhir/validate.ts'
import { CarekeyError } from '../../../shared/protocol/errors.ts'
import { decodeStatement } from '../../../shared/protocol/statement.ts'
import type { Opened } from './messages.ts'

/**
 * What an opened envelope holds, in words and figures. Throws CryptoError, and CarekeyError `statement-mismatch`,
 * `record-damaged`, `record-too-large`, `record-format-unknown`.
 */
export async function contentsOf(envelope: Uint8Array): Promise<Opened> {
  const { statement, content } = decodeEnvelope(envelope)
  const { mediaType, category } = decodeStatement(statement)
  const read = readDocument(content, mediaType)
  if (!read.ok) throw new CarekeyError(read.reason, read.message)
  const issues = validate(read.document).map(({ where, what }) => `${where}: ${what}`)
  const care = category === 'billing' ? careIn(read.document) : 0
  if (care > 0)
    issues.unshift(
      `This is sent as a bill, and tells of your care in ${care} ${care === 1 ? 'place' : 'places'}. Whoever may see your bills would see that too.`,
    )
  return {
    // A copy: what goes to another context must not take the envelope's memory along.
    statement: statement.slice(),
    contentHash: toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(content)))),
    contentBytes: content.length,
    mediaType,
    summary: summarize(read.document),
    issues,
  }
}
