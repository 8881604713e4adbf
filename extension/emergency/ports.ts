import type { EmergencyTerms } from '../../shared/contracts/emergency.ts'
import type { EmergencyEvent } from '../../shared/contracts/emergency-events.ts'
import type { Organization } from '../../shared/contracts/organizations.ts'
import type { Practitioner } from '../../shared/contracts/practitioners.ts'
import type { Voucher } from '../../shared/protocol/connection.ts'
import type { EmergencyVeto, SignedEmergencyPolicy } from '../../shared/protocol/emergency.ts'
import type { EmergencyDirectory } from '../../shared/protocol/emergency-shares.ts'
import type {
  CidText,
  Commitment,
  OrganizationId,
  PractitionerId,
  Pseudonym,
} from '../../shared/protocol/ids.ts'
import type { Network } from '../../shared/protocol/network.ts'
import type { Receipt, SponsoredAct } from '../../shared/protocol/relay-api.ts'
import type { TypedData } from '../../shared/protocol/typed-data.ts'
import type { EmergencyWish, GuardianNote } from '../emergency-snapshots.ts'
import type { AuditEntry, OrganizationView, Summary } from '../snapshots.ts'

// What this room needs of the others; `entrypoints/background.ts` hands it over.

type Hex = `0x${string}`

export interface Vault {
  state(): 'none' | 'locked' | 'unlocked'
  touch(): Promise<void>
  signAs(organization: OrganizationId, data: TypedData): Promise<Hex>
  emergencyPseudonym(): Promise<Pseudonym>
  signAsEmergency(data: TypedData): Promise<Hex>
  emergencyRecipient(): Promise<string>
  openEmergency(file: Uint8Array): Promise<Uint8Array>
  guardianAccount(): Promise<Pseudonym>
  signAsGuardian(data: TypedData): Promise<Hex>
  createStorageHeader(): Promise<{ header: Uint8Array; fileKey: Uint8Array }>
}

export interface Table<T> {
  get(id: string): Promise<T | undefined>
  put(id: string, value: T): Promise<void>
  delete(id: string): Promise<void>
  all(): Promise<T[]>
}

export interface StoredHolder {
  organization: OrganizationId
  share: string | null
  sentAt: number | null
  heldAt: number | null
  voucher: Voucher | null
}

export interface StoredEmergency {
  wish: EmergencyWish
  round: number
  directory: EmergencyDirectory
  relay: string
  placed: boolean
  holders: StoredHolder[]
  guardians: { name: string; address: Pseudonym; salt: Hex }[]
  policy: SignedEmergencyPolicy | null
  status: 'handing-out' | 'stating' | 'in-force' | 'withdrawing' | 'withdrawn'
  at: number
  failure: string | null
}

export interface Connection {
  organization: OrganizationId
  voucher: Voucher | null
  disconnectedAt: number | null
}

export interface RelayClient {
  token(account: { address: Hex; sign(data: TypedData): Promise<Hex> }): Promise<string>
  putEmergency(token: string, directory: EmergencyDirectory): Promise<void>
  dropEmergency(token: string, patient: string): Promise<void>
  inbox(token: string): Promise<{ id: string; sealed: Uint8Array }[]>
  acknowledge(token: string, id: string): Promise<void>
  postInbox(token: string, account: Hex, bytes: Uint8Array): Promise<unknown>
  receipts(token: string): Promise<Receipt[]>
}

/** Every method throws CarekeyError `ledger-unreachable`. */
export interface EmergencyLedger {
  /** The newest block. */
  head(): Promise<{ blockNumber: number; timestamp: number }>
  terms(patient: Pseudonym): Promise<EmergencyTerms | null>
  events(patient: Pseudonym, fromBlock?: number): Promise<EmergencyEvent[]>
  organizations(): Promise<Organization[]>
  organization(id: OrganizationId): Promise<Organization | null>
  practitioner(id: PractitionerId): Promise<Practitioner | null>
}

export interface LogLine {
  event: AuditEntry['event']
  organization: OrganizationId | null
  text: string
  details: Record<string, string>
}

export interface World {
  network: Network
  vault: Vault
  ledger: EmergencyLedger
  relay(origin: string): RelayClient
  tables: {
    emergencies: Table<StoredEmergency>
    vetoes: Table<EmergencyVeto>
    guardianships: Table<GuardianNote>
    connections: Pick<Table<Connection>, 'all'>
  }
  log: { append(line: LogLine): Promise<void>; all(): Promise<LogLine[]> }
  /** Which pseudonyms are watched while the vault is locked, too. */
  watched: { read(): Promise<unknown>; write(value: unknown): Promise<void> }
  /** Small sealed bytes into the own blockstore, and pinned at the relay. */
  put(bytes: Uint8Array): Promise<CidText>
  pin(cid: CidText, relay: string): Promise<void>
  drop(cid: CidText): Promise<void>
  /** The account that owns the pins. */
  ownerToken(relay: string): Promise<string>
  /** Shows the relay the voucher of a connected organization, which lifts the quota. */
  introduce(relay: string, organization: OrganizationId): Promise<void>
  /** Resolves once the ledger itself shows it, or with `waiting`. */
  submit(
    relay: string,
    act: SponsoredAct,
    isThere: () => Promise<boolean>,
  ): Promise<{ status: 'mined' | 'waiting' }>
  organizationView(id: OrganizationId): Promise<OrganizationView>
  records(): Promise<{ commitment: Commitment; category: string; issuedAt: string }[]>
  readRecord(commitment: Commitment): Promise<Summary>
  notify(note: { id: string; title: string; message: string }): Promise<void>
  now(): number
  changed(): void
  backUp(): void
}
