import { CryptoError } from '../../crypto/crypto-error.ts'
import { decodeEnvelope, type Envelope } from '../../crypto/envelope.ts'
import { open } from '../../crypto/seal.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import { grantIdOf, grantTypedData, scopeHashOf } from '../../protocol/grant.ts'
import type { GrantId } from '../../protocol/ids.ts'
import { decodeManifest, type Manifest } from '../../protocol/manifest.ts'
import type { Settings } from './options.ts'
import { requireSigner } from './signature.ts'

/** Opens what was sealed to this organization and is named by a grant, and checks it against that grant. */
export async function openManifest(settings: Settings, id: GrantId, sealed: Uint8Array): Promise<Manifest> {
  const { statement, content } = await unseal(() => open(settings.ageIdentity, sealed))
  if (statement.length > 0) throw damaged()
  const manifest = decodeManifest(content)
  await checkManifest(settings, id, manifest)
  return manifest
}

/**
 * Grant: ours, the named one, signed by its patient. Scope: what the grant's hash says. Entries: the scope's records,
 * each once, no more and no fewer (protocol, section 7).
 */
export async function checkManifest(settings: Settings, id: GrantId, manifest: Manifest): Promise<void> {
  const { grant, signature } = manifest.grant
  if (grantIdOf(settings.network, grant) !== id) {
    throw new CarekeyError('grant-scope', 'This list of records belongs to another permission.')
  }
  if (grant.grantee !== settings.organization) {
    throw new CarekeyError('grant-not-yours', 'This permission is for another organization.')
  }
  await requireSigner(grantTypedData(settings.network, grant), signature, grant.patient, 'the permission')
  if (scopeHashOf(manifest.scope) !== grant.scopeHash) {
    throw new CarekeyError('grant-scope', 'The list of records is not the one that the patient signed.')
  }
  const granted = new Set<string>(manifest.scope.commitments)
  const listed = new Set<string>(manifest.entries.map((entry) => entry.anchor.anchor.commitment))
  const same =
    granted.size === manifest.scope.commitments.length &&
    listed.size === manifest.entries.length &&
    granted.size === listed.size &&
    [...granted].every((commitment) => listed.has(commitment))
  if (!same) throw new CarekeyError('grant-scope', 'Records are missing from the list, or were added to it.')
}

/** Opens a seal and reads its envelope. Throws CarekeyError `record-damaged`, whatever was wrong with it. */
export async function unseal(opening: () => Promise<Uint8Array>): Promise<Envelope> {
  try {
    return decodeEnvelope(await opening())
  } catch (cause) {
    if (!(cause instanceof CryptoError)) throw cause
    throw damaged(cause)
  }
}

const damaged = (cause?: unknown) =>
  new CarekeyError('record-damaged', 'What was fetched cannot be opened with the key that came with it.', {
    cause,
  })
