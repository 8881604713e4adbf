import { base64urlnopad } from '@scure/base'
import type { AnchorPlace } from '../../contracts/anchors.ts'
import { contentHashOf } from '../../crypto/commit.ts'
import { openWithFileKey } from '../../crypto/seal.ts'
import { anchorTypedData } from '../../protocol/anchor.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import type { GrantId, PractitionerId } from '../../protocol/ids.ts'
import type { Manifest, ManifestEntry } from '../../protocol/manifest.ts'
import { maySign, type Role } from '../../protocol/roles.ts'
import { commitmentOf, decodeStatement, encodeStatement, type Statement } from '../../protocol/statement.ts'
import { typedData } from '../../protocol/typed-data.ts'
import type { Ledger } from './ledger.ts'
import { unseal } from './manifest.ts'
import type { Settings } from './options.ts'
import { placeOfAnchor } from './proof.ts'
import type { Relay } from './relay.ts'
import { requireSigner } from './signature.ts'

/** Every check of protocol sections 3.4 and 7 that a record has passed; there is no record with one missing. */
export interface Verified {
  /** The statement is the one that was anchored. */
  statement: true
  /** The content is the one that the statement speaks of. */
  content: true
  /** Signed by the organization that the statement names, accredited when the record was anchored. */
  author: { name: string; signer: string }
  /** Who signed inside that organization, accredited then and allowed to sign such a record; null when nobody is named. */
  practitioner: { id: PractitionerId; role: Role } | null
  /** When it came to the ledger. */
  anchor: { blockNumber: number; timestamp: number }
  /** The record's patient and the permission's patient are one person. */
  subject: true
  /** The permission was live when this was opened, and covers the record. */
  grant: true
}

export interface OpenedRecord {
  statement: Statement
  content: Uint8Array
  verified: Verified
}

type Context = { settings: Settings; ledger: Ledger; relay: Pick<Relay, 'submission'> }

/** What can be checked of an entry before its bytes are fetched. */
export async function checkEntry(
  { settings, ledger, relay }: Context,
  id: GrantId,
  manifest: Manifest,
  entry: ManifestEntry,
): Promise<Omit<Verified, 'content'>> {
  const { statement, anchor } = entry
  const { commitment, subject, previous } = anchor.anchor
  if (commitmentOf(encodeStatement(statement)) !== commitment) {
    throw new CarekeyError(
      'statement-mismatch',
      'A record’s statement is not the one that its author signed.',
    )
  }
  if (
    anchor.author !== statement.author ||
    subject !== statement.subject ||
    previous !== statement.previous
  ) {
    throw new CarekeyError('anchor-mismatch', 'A record’s entry on the ledger speaks of something else.')
  }
  requireInScope(manifest, statement)
  const { patient } = manifest.grant.grant
  const link = typedData(settings.network, 'SubjectLink', { subject, patient, grant: id })
  const [found] = await Promise.all([
    placeOfAnchor({ settings, ledger, relay }, anchor),
    requireSigner(link, entry.link, subject, 'the link between the record and the patient'),
  ])
  if (!found) {
    throw new CarekeyError('anchor-missing', 'A record is not on the ledger, or not yet.')
  }
  const { place } = found
  const [signer, name] = await Promise.all([
    ledger.signerAt(statement.author, place),
    ledger.nameOf(statement.author),
  ])
  const signed = anchorTypedData(settings.network, anchor.anchor)
  await requireSigner(signed, anchor.signature, signer, 'a record')
  const practitioner = await checkWriter({ settings, ledger }, entry, place)
  return {
    statement: true,
    author: { name, signer },
    practitioner,
    anchor: { blockNumber: place.blockNumber, timestamp: place.timestamp },
    subject: true,
    grant: true,
  }
}

async function checkWriter(
  { settings, ledger }: Pick<Context, 'settings' | 'ledger'>,
  { statement, anchor }: ManifestEntry,
  place: AnchorPlace,
): Promise<Verified['practitioner']> {
  const { practitionerSignature: by } = anchor
  if (by?.id !== statement.practitionerId) {
    throw new CarekeyError(
      'statement-mismatch',
      'A record names another practitioner than the one who signed it.',
    )
  }
  if (!by) return null
  const { role, signer } = await ledger.practitionerAt(by.id, statement.author, place)
  const data = anchorTypedData(settings.network, anchor.anchor)
  await requireSigner(data, by.signature, signer, 'a record’s practitioner')
  if (maySign(role, statement.category)) return { id: by.id, role }
  throw new CarekeyError('role-exceeded', 'A record was signed in a role that may not sign it.')
}

function requireInScope({ scope }: Manifest, { category, period }: Statement): void {
  const overlaps = period.start <= scope.period.end && scope.period.start <= period.end
  if (scope.categories.includes(category) && overlaps) return
  throw new CarekeyError('grant-scope', 'A record lies outside what the patient has permitted.')
}

/** Opens a record's bytes and checks them against its statement, which `checkEntry` has approved. */
export async function openRecord(
  entry: ManifestEntry,
  sealed: Uint8Array,
): Promise<{ statement: Statement; content: Uint8Array }> {
  if (sealed.length !== entry.sealedBytes) {
    throw new CarekeyError('record-damaged', 'A record has another size than the patient’s list says.')
  }
  const envelope = await unseal(() => openWithFileKey(base64urlnopad.decode(entry.fileKey), sealed))
  if (commitmentOf(envelope.statement) !== entry.anchor.anchor.commitment) {
    throw new CarekeyError(
      'statement-mismatch',
      'A record’s statement is not the one that its author signed.',
    )
  }
  const statement = decodeStatement(envelope.statement)
  const { content } = envelope
  if (content.length !== statement.contentBytes || (await contentHashOf(content)) !== statement.contentHash) {
    throw new CarekeyError('record-hash-wrong', 'A record’s content is not the one that its author signed.')
  }
  return { statement, content }
}
