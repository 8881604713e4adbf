import { toHex } from '../../../shared/crypto/bytes.ts'
import { decodeEnvelope } from '../../../shared/crypto/envelope.ts'
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
  const { mediaType } = decodeStatement(statement)
  const read = readDocument(content, mediaType)
  if (!read.ok) throw new CarekeyError(read.reason, read.message)
  return {
    // A copy: what goes to another context must not take the envelope's memory along.
    statement: statement.slice(),
    contentHash: toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(content)))),
    contentBytes: content.length,
    mediaType,
    summary: summarize(read.document),
    issues: validate(read.document).map(({ where, what }) => `${where}: ${what}`),
  }
}
