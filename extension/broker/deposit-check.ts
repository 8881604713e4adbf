import { CryptoError } from '../../shared/crypto/crypto-error.ts'
import { anchorTypedData } from '../../shared/protocol/anchor.ts'
import { fromBase64, toBase64 } from '../../shared/protocol/base64.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { Pseudonym } from '../../shared/protocol/ids.ts'
import { limits as wire } from '../../shared/protocol/limits.ts'
import type { DepositOffer } from '../../shared/protocol/provider.ts'
import { maySign } from '../../shared/protocol/roles.ts'
import { commitmentOf, decodeStatement, type Statement } from '../../shared/protocol/statement.ts'
import { pseudonymToken } from './accounts.ts'
import { requirePractitionerSigner } from './check/practitioner.ts'
import type { World } from './ports.ts'
import type { Opened } from './queue/request.ts'

/** Fetches the staged record, opens it in the node and checks it against its anchor (protocol, sections 3.4 and 5.2). */
export async function openOffer(world: World, offer: DepositOffer): Promise<Opened> {
  const { node, vault } = world
  const token = await pseudonymToken(world, offer.relay, offer.author)
  const { ticket, header } = await node.call('node.fetchStaged', {
    url: `${offer.relay}/staging/${offer.cid}`,
    token,
    cid: offer.cid,
    maxBytes: Math.min(offer.sealedBytes, wire.sealedRecordMaxBytes),
  })
  try {
    const fileKey = await unwrap(() => vault.openDepositHeader(offer.author, fromBase64(header)))
    const opened = await node.call('node.openStaged', { ticket, fileKey: toBase64(fileKey) })
    const bytes = fromBase64(opened.statement)
    const statement = decodeStatement(bytes)
    if (commitmentOf(bytes) !== offer.anchor.commitment) {
      throw new CarekeyError(
        'anchor-mismatch',
        'The signature belongs to another record than the one that came.',
      )
    }
    checkStatement(statement, offer, await vault.pseudonym(offer.author))
    await checkPractitioner(world, statement, offer)
    checkContent(statement, opened)
    await checkPrevious(world, statement)
    await checkNew(world, offer)
    return { ticket, statement, summary: opened.summary, issues: opened.issues }
  } catch (error) {
    await node.call('node.discard', { ticket }).catch(() => undefined)
    throw error
  }
}

async function unwrap(open: () => Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await open()
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause
    throw new CarekeyError('record-damaged', 'The record was not sealed for this patient, or is damaged.', {
      cause,
    })
  }
}

export function checkStatement(statement: Statement, offer: DepositOffer, pseudonym: Pseudonym): void {
  if (statement.subject !== pseudonym || offer.anchor.subject !== pseudonym) {
    throw new CarekeyError('patient-mismatch', 'This record is about another patient.')
  }
  if (statement.author !== offer.author) {
    throw new CarekeyError(
      'statement-mismatch',
      'This record names another author than the one that signed it.',
    )
  }
  if (statement.previous !== offer.anchor.previous) {
    throw new CarekeyError(
      'statement-mismatch',
      'This record and its signature name different former versions.',
    )
  }
}

/** Whom the statement names must have signed, be accredited under the author, and be allowed to sign such a record. */
export async function checkPractitioner(
  { ledger, network }: Pick<World, 'ledger' | 'network'>,
  { practitionerId, author, category }: Statement,
  { anchor, practitionerSignature }: Pick<DepositOffer, 'anchor' | 'practitionerSignature'>,
): Promise<void> {
  if (practitionerSignature?.id !== practitionerId) {
    throw new CarekeyError(
      'statement-mismatch',
      'This record names another practitioner than the one who signed it.',
    )
  }
  if (!practitionerSignature) return
  const data = anchorTypedData(network, anchor)
  const { role } = await requirePractitionerSigner(ledger, author, practitionerSignature, data)
  if (maySign(role, category)) return
  throw new CarekeyError('role-exceeded', 'In this role, one may not sign such a record.')
}

export function checkContent(
  statement: Statement,
  content: { contentHash: string; contentBytes: number; mediaType: string | null },
): void {
  if (content.contentHash !== statement.contentHash || content.contentBytes !== statement.contentBytes) {
    throw new CarekeyError('record-hash-wrong', 'The record’s content is not the one that was signed.')
  }
  const readable = content.mediaType !== null || !statement.mediaType.startsWith('application/fhir')
  if (!readable || (content.mediaType !== null && content.mediaType !== statement.mediaType)) {
    throw new CarekeyError(
      'record-format-unknown',
      'The record’s content is not in the format that it claims.',
    )
  }
}

async function checkPrevious(world: World, { previous, subject, author }: Statement): Promise<void> {
  if (previous === null) return
  // By the same author: another organization's record, which a grant has shown to this one, is not theirs to replace.
  const former = (await world.tables.records.get(previous))?.statement
  if (former?.subject === subject && former.author === author) return
  if ((await world.ledger.anchorOf({ commitment: previous, subject, author })) === null) {
    throw new CarekeyError('previous-unknown', 'The former version that this record names is not known.')
  }
}

async function checkNew(world: World, { anchor }: DepositOffer): Promise<void> {
  if ((await world.tables.records.get(anchor.commitment)) !== undefined) {
    throw new CarekeyError('anchor-exists', 'This record is kept already.')
  }
}
