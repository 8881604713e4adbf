import { encodeEnvelope } from '../../shared/crypto/envelope.ts'
import { seal } from '../../shared/crypto/seal.ts'
import type { ProvenAnchor } from '../../shared/protocol/anchor.ts'
import { toBase64Url } from '../../shared/protocol/base64.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { Scope, SignedGrant } from '../../shared/protocol/grant.ts'
import type { GrantId, PractitionerId, Pseudonym } from '../../shared/protocol/ids.ts'
import { limits } from '../../shared/protocol/limits.ts'
import { encodeManifest, type ManifestEntry } from '../../shared/protocol/manifest.ts'
import { typedData } from '../../shared/protocol/typed-data.ts'
import type { StoredRecord, World } from './ports.ts'

type Sealing = Pick<World, 'vault' | 'network'>

export interface ManifestContent {
  grant: SignedGrant
  grantId: GrantId
  scope: Scope
  records: StoredRecord[]
  practitioner?: PractitionerId
}

/** The list of records with their keys, sealed to the organization's registered key alone (protocol, section 5.3). */
export async function sealManifest(
  world: Sealing,
  recipient: string,
  { grant, grantId, scope, records, practitioner }: ManifestContent,
): Promise<Uint8Array> {
  const entries: ManifestEntry[] = []
  for (const record of records) entries.push(await entryOf(world, record, grant.grant.patient, grantId))
  const content = encodeManifest({
    version: 1,
    grant,
    scope,
    entries,
    ...(practitioner ? { practitioner } : {}),
  })
  // The envelope pads: how many records a grant opens is nobody else's business.
  const envelope = encodeEnvelope({ statement: new Uint8Array(0), content })
  const sealed = await seal([recipient], envelope)
  // The bound of the sealed file, since that is what its reader fetches.
  if (sealed.length > limits.manifestMaxBytes) {
    throw new CarekeyError('record-too-large', 'These are too many records to share at once. Choose fewer.')
  }
  return sealed
}

async function entryOf(
  { vault, network }: Sealing,
  record: StoredRecord,
  patient: Pseudonym,
  grant: GrantId,
): Promise<ManifestEntry> {
  const { subject } = record.statement
  const link = await vault.signAs(
    record.statement.author,
    typedData(network, 'SubjectLink', { subject, patient, grant }),
  )
  return {
    cid: record.cid,
    sealedBytes: record.sealedBytes,
    fileKey: toBase64Url(record.fileKey),
    statement: record.statement,
    anchor: provenAnchorOf(record),
    link,
  }
}

/** With what shows a batched anchor on the ledger; of one that is not there yet, what may be needed for that. */
export function provenAnchorOf({ anchor, acceptance, batch, status }: StoredRecord): ProvenAnchor {
  if (!acceptance || (!batch && status === 'saved')) return anchor
  return { ...anchor, acceptance, ...(batch && { batch }) }
}
