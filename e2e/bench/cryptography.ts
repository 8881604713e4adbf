import { base64urlnopad } from '@scure/base'
import { recoverTypedDataAddress } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { contentHashOf } from '../../shared/crypto/commit.ts'
import { decodeEnvelope, encodeEnvelope } from '../../shared/crypto/envelope.ts'
import { open, openWithFileKey, seal } from '../../shared/crypto/seal.ts'
import { decisionTypedData } from '../../shared/protocol/access-request.ts'
import { anchorTypedData } from '../../shared/protocol/anchor.ts'
import { grantTypedData } from '../../shared/protocol/grant.ts'
import { decodeManifest, encodeManifest } from '../../shared/protocol/manifest.ts'
import type { GrantedAccess } from '../../shared/protocol/provider.ts'
import { commitmentOf } from '../../shared/protocol/statement.ts'
import { type Deployment, typedData } from '../../shared/protocol/typed-data.ts'

export interface Sealed {
  granted: GrantedAccess
  manifest: Uint8Array
  record: Uint8Array
}

/**
 * What nobody can leave out of one granted access, both ends together and nothing else: three signatures, the list of
 * records sealed and opened, the record opened and hashed, five signatures checked.
 */
export async function cryptographyAlone(
  deployment: Deployment,
  organization: { ageIdentity: string; recipient: string },
  { granted, manifest, record }: Sealed,
): Promise<void> {
  const patient = privateKeyToAccount(generatePrivateKey())
  const { grantId, grant, decision, signature } = granted
  const grantData = grantTypedData(deployment, grant.grant)
  const decisionData = decisionTypedData(deployment, decision)

  const list = decodeManifest(decodeEnvelope(await open(organization.ageIdentity, manifest)).content)
  const [entry] = list.entries
  if (!entry) throw new Error('The grant opens nothing.')
  const { subject } = entry.statement
  const link = typedData(deployment, 'SubjectLink', { subject, patient: grant.grant.patient, grant: grantId })
  for (const data of [grantData, link, decisionData]) await patient.signTypedData(data)
  const content = encodeManifest(list)
  await seal([organization.recipient], encodeEnvelope({ statement: new Uint8Array(0), content }))

  const envelope = decodeEnvelope(await openWithFileKey(base64urlnopad.decode(entry.fileKey), record))
  commitmentOf(envelope.statement)
  await contentHashOf(envelope.content)
  const anchor = anchorTypedData(deployment, entry.anchor.anchor)
  await recoverTypedDataAddress({ ...decisionData, signature })
  await recoverTypedDataAddress({ ...grantData, signature: grant.signature })
  await recoverTypedDataAddress({ ...grantData, signature: list.grant.signature })
  await recoverTypedDataAddress({ ...link, signature: entry.link })
  await recoverTypedDataAddress({ ...anchor, signature: entry.anchor.signature })
}
