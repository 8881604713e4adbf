import { base64urlnopad } from '@scure/base'
import { generateHybridIdentity, identityToRecipient } from 'age-encryption'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { encodeAnchor, encodeGrant, encodeRevocation } from '../../contracts/calls.ts'
import { contentHashOf, randomSalt } from '../../crypto/commit.ts'
import { encodeEnvelope } from '../../crypto/envelope.ts'
import { createHeader } from '../../crypto/header.ts'
import { seal, sealWithFileKey } from '../../crypto/seal.ts'
import { decisionTypedData } from '../../protocol/access-request.ts'
import {
  acceptanceTypedData,
  anchorTypedData,
  type ProvenAnchor,
  type SignedAnchor,
} from '../../protocol/anchor.ts'
import {
  type Connection,
  challengeDigestOf,
  connectionTypedData,
  type SignedChallenge,
} from '../../protocol/connection.ts'
import { type Grant, grantIdOf, grantTypedData, type Scope, scopeHashOf } from '../../protocol/grant.ts'
import {
  type GrantId,
  hash32Schema,
  pseudonymSchema,
  requestIdSchema,
  signatureSchema,
} from '../../protocol/ids.ts'
import { encodeManifest, type Manifest, type ManifestEntry } from '../../protocol/manifest.ts'
import type { GrantedAccess } from '../../protocol/provider.ts'
import { commitmentOf, encodeStatement, type Statement } from '../../protocol/statement.ts'
import { type TypedData, typedData } from '../../protocol/typed-data.ts'
import { packCar } from '../server/sealed-file.ts'
import type { TestOrganization, World } from './world.ts'

// What an extension does on the patient's side, in a few lines: enough to give a portal real things to check.

export const now = () => Math.floor(Date.now() / 1_000)

export const newAccount = () => privateKeyToAccount(generatePrivateKey())

export const pseudonymOf = (account: PrivateKeyAccount) => pseudonymSchema.parse(account.address)

export const signed = async (account: PrivateKeyAccount, data: TypedData) =>
  signatureSchema.parse(await account.signTypedData(data))

/** The extension's answer to a challenge. */
export async function answerChallenge(
  { network }: Pick<World, 'network'>,
  { challenge }: SignedChallenge,
  account: PrivateKeyAccount,
  recipient: string,
  changes: Partial<Connection> = {},
): Promise<Connection> {
  const connection = {
    challenge: challengeDigestOf(network, challenge),
    patient: pseudonymOf(account),
    origin: challenge.origin,
    recipient,
    deadline: now() + 300,
    ...changes,
  }
  const signature = await signed(account, connectionTypedData(network, connection))
  return { ...connection, signature, ...changes }
}

/** A record that the patient has accepted: anchored, and sealed under a file key. */
export interface KeptRecord {
  subject: PrivateKeyAccount
  statement: Statement
  anchor: ProvenAnchor
  cid: ManifestEntry['cid']
  sealed: Uint8Array
  car: Uint8Array
  fileKey: Uint8Array
}

export async function newRecipient(): Promise<{ identity: string; recipient: string }> {
  const identity = await generateHybridIdentity()
  return { identity, recipient: await identityToRecipient(identity) }
}

/** Seals under a fresh file key; the patient's own recipient does not matter to who holds the file key. */
export async function sealRecord(recipient: string, statement: Uint8Array, content: Uint8Array) {
  const header = await createHeader([recipient])
  const sealed = await sealWithFileKey(header, encodeEnvelope({ statement, content }))
  return { sealed, fileKey: header.fileKey, ...(await packCar(sealed)) }
}

export interface RecordWish {
  author: TestOrganization
  subject?: PrivateKeyAccount
  content?: Uint8Array
  /** Fields of the statement that differ from a plain laboratory report's. */
  statement?: Partial<Statement>
  /** Signs the anchor in the author's place. */
  signer?: PrivateKeyAccount
  /** Leaves the anchor off the ledger. */
  unanchored?: boolean
}

export async function keepRecord(world: World, recipient: string, wish: RecordWish): Promise<KeptRecord> {
  const {
    author,
    subject = newAccount(),
    content = new TextEncoder().encode('{"resourceType":"Bundle"}'),
  } = wish
  const statement: Statement = {
    version: 1,
    subject: pseudonymOf(subject),
    author: author.id,
    title: 'Laboratory report',
    category: 'laboratory',
    mediaType: 'application/fhir+json',
    period: { start: '2026-10-01', end: '2026-10-01' },
    issuedAt: '2026-10-02T08:00:00Z',
    contentHash: await contentHashOf(content),
    contentBytes: content.length,
    previous: null,
    salt: randomSalt(),
    ...wish.statement,
  }
  const bytes = encodeStatement(statement)
  const claim = {
    commitment: commitmentOf(bytes),
    subject: statement.subject,
    previous: statement.previous,
    deadline: now() + 3_600,
  }
  const anchor: ProvenAnchor = {
    anchor: claim,
    author: author.id,
    signature: await signed(wish.signer ?? author.account, anchorTypedData(world.network, claim)),
  }
  if (!wish.unanchored) await acceptAnchor(world, subject, anchor)
  return { subject, statement, anchor, ...(await sealRecord(recipient, bytes, content)) }
}

/** Countersigns and submits, as the vault does when a patient accepts. */
export async function acceptAnchor(
  world: World,
  subject: PrivateKeyAccount,
  anchor: SignedAnchor,
): Promise<void> {
  const deadline = now() + 3_600
  const signature = await signed(subject, acceptanceTypedData(world.network, anchor, deadline))
  await world.send(encodeAnchor(world.network, { ...anchor, acceptance: { deadline, signature } }))
}

export interface GrantWish {
  patient: PrivateKeyAccount
  grantee: TestOrganization
  records: readonly KeptRecord[]
  scope?: Partial<Scope>
  grant?: Partial<Grant>
  /** What to change in the manifest after it was signed for. */
  change?: (manifest: Manifest) => void | Promise<void>
  /** The request that this answers. */
  request?: `0x${string}`
  unsubmitted?: boolean
}

export interface GivenGrant {
  granted: GrantedAccess
  manifest: Manifest
  sealedManifest: Uint8Array
  /** Every file that the grant opens, by CID. */
  files: Map<string, Uint8Array>
  cars: Map<string, Uint8Array>
}

/** Signs, seals and submits a grant as the vault would. */
export async function giveGrant(world: World, wish: GrantWish): Promise<GivenGrant> {
  const { patient, grantee, records } = wish
  const scope: Scope = {
    version: 1,
    categories: ['laboratory'],
    period: { start: '2021-01-01', end: '2026-12-31' },
    commitments: records.map(({ anchor }) => anchor.anchor.commitment),
    salt: randomSalt(),
    ...wish.scope,
  }
  const grant: Grant = {
    patient: pseudonymOf(patient),
    grantee: grantee.id,
    purpose: 'TREAT',
    notBefore: now() - 60,
    notAfter: now() + 3_600,
    scopeHash: hash32Schema.parse(scopeHashOf(scope)),
    deadline: now() + 3_600,
    ...wish.grant,
  }
  const signature = await signed(patient, grantTypedData(world.network, grant))
  const grantId = grantIdOf(world.network, grant)
  if (!wish.unsubmitted) await world.send(encodeGrant(world.network, { grant, signature }))
  const entries = await Promise.all(records.map((record) => entryOf(world, grantId, patient, record)))
  const manifest: Manifest = { version: 1, grant: { grant, signature }, scope, entries }
  await wish.change?.(manifest)
  const sealedManifest = await sealManifest(grantee.recipient, manifest)
  const { cid, car } = await packCar(sealedManifest)
  const decision = {
    request: requestIdSchema.parse(wish.request ?? randomSalt()),
    outcome: 'approved',
    grant: grantId,
    decidedAt: now(),
  } as const
  const granted: GrantedAccess = {
    decision,
    signature: await signed(patient, decisionTypedData(world.network, decision)),
    grant: { grant, signature },
    grantId,
    manifest: cid,
    relay: world.network.relays[0] ?? '',
  }
  const files = new Map(records.map((record) => [record.cid as string, record.sealed]))
  const cars = new Map(records.map((record) => [record.cid as string, record.car]))
  return {
    granted,
    manifest,
    sealedManifest,
    files: files.set(cid, sealedManifest),
    cars: cars.set(cid, car),
  }
}

export const sealManifest = (recipient: string, manifest: Manifest) =>
  seal([recipient], encodeEnvelope({ statement: new Uint8Array(0), content: encodeManifest(manifest) }))

export async function entryOf(
  world: World,
  grant: GrantId,
  patient: PrivateKeyAccount,
  { subject, statement, anchor, cid, sealed, fileKey }: KeptRecord,
): Promise<ManifestEntry> {
  const link = typedData(world.network, 'SubjectLink', {
    subject: pseudonymOf(subject),
    patient: pseudonymOf(patient),
    grant,
  })
  return {
    cid,
    sealedBytes: sealed.length,
    fileKey: base64urlnopad.encode(fileKey),
    statement,
    anchor,
    link: await signed(subject, link),
  }
}

export async function revoke(world: World, patient: PrivateKeyAccount, grant: GrantId): Promise<void> {
  const deadline = now() + 3_600
  const signature = await signed(
    patient,
    typedData(world.network, 'Revocation', { grant, deadline: BigInt(deadline) }),
  )
  await world.send(
    encodeRevocation(world.network, { patient: pseudonymOf(patient), grant, deadline, signature }),
  )
}
