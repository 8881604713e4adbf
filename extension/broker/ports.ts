import type { SignedAnchor } from '../../shared/protocol/anchor.ts'
import type { ReviewWish } from '../../shared/protocol/attestation.ts'
import type { Inclusion } from '../../shared/protocol/batch.ts'
import type { Voucher } from '../../shared/protocol/connection.ts'
import type { SignedDispute, Tombstone } from '../../shared/protocol/dispute.ts'
import type { Grant, ProvenGrant, Revocation, Scope } from '../../shared/protocol/grant.ts'
import type {
  CidText,
  Commitment,
  GrantId,
  OrganizationId,
  PractitionerId,
  Pseudonym,
  RequestId,
} from '../../shared/protocol/ids.ts'
import type { Network } from '../../shared/protocol/network.ts'
import type {
  GrantMapping,
  Receipt,
  RelayInfo,
  SponsoredAct,
  SponsoredStatus,
} from '../../shared/protocol/relay-api.ts'
import type { Statement } from '../../shared/protocol/statement.ts'
import type { TypedData } from '../../shared/protocol/typed-data.ts'
import type { StoredCaredFor, StoredCarer } from '../care-snapshots.ts'
import type { NodeMessage, nodeMessages, RequestOf, ResponseOf } from '../messages.ts'
import type { AuditEntry } from '../snapshots.ts'
import type { Ledger } from './ledger.ts'
import type { StoredRequest } from './queue/request.ts'
import type { InTurn } from './queue/turns.ts'
import type { Registry } from './registry.ts'

// What the broker needs of the other rooms; `entrypoints/background.ts` hands it over.

export type Hex = `0x${string}`

export interface Vault {
  start(): Promise<void>
  state(): 'none' | 'locked' | 'unlocked'
  phraseConfirmed(): boolean
  create(passphrase: string): Promise<string[]>
  reveal(passphrase: string): Promise<string[]>
  confirmPhrase(answers: { position: number; word: string }[]): Promise<boolean>
  unlock(passphrase: string): Promise<void>
  lock(): Promise<void>
  touch(): Promise<void>
  restore(words: string[], passphrase: string): Promise<void>
  exportIdentity(passphrase: string): Promise<string>
  autoLockMinutes(): number
  setAutoLock(minutes: number): Promise<void>
  onChange(listener: () => void): () => void
  pseudonym(organization: OrganizationId): Promise<Pseudonym>
  depositRecipient(organization: OrganizationId): Promise<string>
  storageRecipient(): Promise<string>
  signAs(organization: OrganizationId, data: TypedData): Promise<Hex>
  relayAccount(relay: string): Promise<Hex>
  signAsRelayAccount(relay: string, data: TypedData): Promise<Hex>
  /** By `careIndexOf` an invitation. */
  delegateAccount(careIndex: Hex): Promise<Hex>
  signAsDelegate(careIndex: Hex, data: TypedData): Promise<Hex>
  openDepositHeader(organization: OrganizationId, header: Uint8Array): Promise<Uint8Array>
  openDeposit(organization: OrganizationId, file: Uint8Array): Promise<Uint8Array>
  createStorageHeader(): Promise<{ header: Uint8Array; fileKey: Uint8Array }>
  openStorage(file: Uint8Array): Promise<Uint8Array>
  backupName(): Promise<string>
  backupPointer(cid: string, sequence: bigint): Promise<Uint8Array>
}

export interface Table<T> {
  get(id: string): Promise<T | undefined>
  put(id: string, value: T): Promise<void>
  delete(id: string): Promise<void>
  all(): Promise<T[]>
}

export interface StoredRecord {
  commitment: Commitment
  statement: Statement
  anchor: SignedAnchor
  acceptance?: { deadline: number; signature: Hex } | undefined
  /** Of an anchor that came to the ledger in a batch. */
  batch?: Inclusion | undefined
  cid: CidText
  sealedBytes: number
  /** base64 */
  fileKey: string
  pinId: string | null
  status: 'saving' | 'waiting' | 'saved'
  savedAt: number | null
  relay: string
  transactionHash: Hex | null
  /** Signed once; the ledger says what became of it. */
  dispute?: SignedDispute | undefined
  /** The patient's own words, of which the ledger has the salted hash. */
  disputeWords?: { words: string; salt: Hex } | undefined
  tombstone?: Tombstone | undefined
  /** Whose votes the author asked for; `grants` are what the patient said yes to, none after a no. */
  review?: (ReviewWish & { grants: { scope: Scope; grant: Grant }[] }) | undefined
}

export interface StoredGrant {
  grantId: GrantId
  /** With its proof, if it came to the ledger in a batch. */
  signed: ProvenGrant
  request: RequestId | null
  scope: Scope
  manifest: CidText
  commitments: Commitment[]
  relay: string
  voucher: Voucher
  status: 'submitting' | 'active' | 'revoking' | 'revoked' | 'failed'
  createdAt: number
  /** Who asked: nothing is served once this practitioner is suspended. */
  practitioner?: PractitionerId | undefined
  revocation?: Revocation | undefined
  /** Given in a deposit's prompt, by the author's pseudonym; `told` once the supporter has it in its inbox. */
  review?: { author: OrganizationId; told: boolean } | undefined
  /** What takes its place, written down before it is signed. */
  replacement?: { scope: Scope; grant: Grant } | undefined
  /** What it took the place of; `told` once the organization has it in its inbox. */
  replaces?: { former: GrantId; told: boolean } | undefined
}

export interface StoredConnection {
  organization: OrganizationId
  name: string
  origin: string
  patient: Pseudonym
  connectedAt: number
  voucher: Voucher | null
  disconnectedAt: number | null
}

export type LogEvent = AuditEntry['event']

export interface LogLine {
  event: LogEvent
  organization: OrganizationId | null
  text: string
  details: Record<string, string>
}

/** Append-only and hash-chained in the records' room. */
export interface Log {
  append(line: LogLine): Promise<void>
  all(): Promise<(LogLine & { sequence: number; at: number })[]>
}

/** The whole index as bytes, for the backup. */
export interface IndexCopy {
  export(): Promise<Uint8Array>
  /** Merges; nothing that is here is lost. */
  import(bytes: Uint8Array): Promise<void>
}

export interface NodePort {
  call<K extends NodeMessage>(
    type: K,
    request: RequestOf<typeof nodeMessages, K>,
  ): Promise<ResponseOf<typeof nodeMessages, K>>
}

/** Who signs in at a relay. */
export interface RelayAccount {
  address: Hex
  sign(data: TypedData): Promise<Hex>
}

export interface RelayClient {
  info(): Promise<RelayInfo>
  token(account: RelayAccount): Promise<string>
  putGrant(token: string, id: GrantId, mapping: GrantMapping): Promise<void>
  deleteGrant(token: string, id: GrantId): Promise<void>
  sponsor(act: SponsoredAct): Promise<SponsoredStatus>
  sponsored(id: string): Promise<SponsoredStatus>
  postVoucher(token: string, voucher: Voucher): Promise<unknown>
  receipts(token: string): Promise<Receipt[]>
  inbox(token: string): Promise<{ id: string; from: Hex; receivedAt: number; sealed: Uint8Array }[]>
  acknowledge(token: string, id: string): Promise<void>
  postInbox(token: string, account: Hex, bytes: Uint8Array): Promise<unknown>
  discardStaged(token: string, cid: string): Promise<void>
  registerPeer(token: string, peerId: string): Promise<void>
  getName(name: string): Promise<Uint8Array | undefined>
  putName(name: string, record: Uint8Array): Promise<void>
}

export interface Tables {
  requests: Table<StoredRequest>
  records: Table<StoredRecord>
  grants: Table<StoredGrant>
  connections: Table<StoredConnection>
  /** Who may act for this patient, by the invitation's nonce. */
  carers: Table<StoredCarer>
  /** For whom this person may act, by `careIndexOf` the invitation. */
  caredFor: Table<StoredCaredFor>
}

/** What a document of a web page can hear without having asked. */
export interface Pages {
  emit(origin: string, event: 'grantsChanged' | 'disconnect'): void
  /** Whether the document is still the tab's, or has gone while we slept. */
  isThere(tabId: number, documentId: string): Promise<boolean>
  /** A bar in the page that says that an answer is waited for; it can only open our window. */
  notice(documentId: string, notice: { id: string; organization: string } | null): void
}

/** Everything the broker works with. */
export interface World {
  network: Network
  vault: Vault
  node: NodePort
  relay(origin: string): RelayClient
  ledger: Ledger
  registry: Registry
  tables: Tables
  /** For each grant: what somebody has read, nobody else changes before it is written. */
  inGrantTurn: InTurn
  log: Log
  index: IndexCopy
  pages: Pages
  /** Opens or focuses the approval window. */
  openWindow(request?: string): Promise<void>
  notify(notification: { id: string; title: string; message: string }): Promise<void>
  /** Our own clock, Unix seconds. */
  now(): number
  /** The same in milliseconds, for counting calls. */
  nowMs(): number
  /** Snapshots may have changed. */
  changed(): void
  /** The index has changed and wants a backup. */
  backUp(): void
}
