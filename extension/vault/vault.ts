import { createHeader, openHeader } from '../../shared/crypto/header.ts'
import { openItem, sealItem } from '../../shared/crypto/item.ts'
import type { StretchParameters } from '../../shared/crypto/password.ts'
import { open } from '../../shared/crypto/seal.ts'
import {
  addressSchema,
  type OrganizationId,
  type Pseudonym,
  pseudonymSchema,
} from '../../shared/protocol/ids.ts'
import type { TypedData } from '../../shared/protocol/typed-data.ts'
import { createActs } from './acts.ts'
import { createLife, type VaultState } from './life.ts'
import { limits } from './limits.ts'
import type { PhraseAnswer } from './phrase.ts'
import { indexedDbPlace, localPlace } from './places.ts'
import { pointerName, pointerTo } from './pointer.ts'
import type { GuardedArea } from './session.ts'
import { hashName } from './unlocked.ts'

type Hex = `0x${string}`

/**
 * The patient's keys. Methods that need a key reject with CarekeyError `vault-missing` or `vault-locked`; a wrong
 * passphrase is `params-invalid` with `data.field` = `passphrase`; what does not open is `record-damaged`.
 */
export interface Vault {
  /** After a service worker's death: the data key back, unless its time is over. Repeat it whenever an alarm wakes. */
  start(): Promise<void>
  state(): VaultState
  phraseConfirmed(): boolean
  /** 24 words. Both copies are written and read back before it resolves. Refuses where a vault is. */
  create(passphrase: string): Promise<string[]>
  reveal(passphrase: string): Promise<string[]>
  confirmPhrase(answers: PhraseAnswer[]): Promise<boolean>
  unlock(passphrase: string): Promise<void>
  lock(): Promise<void>
  /** A person acted: postpones auto-lock. */
  touch(): Promise<void>
  /** Into an empty browser; or, with the words of the vault that is here, a new passphrase for it. */
  restore(words: string[], passphrase: string): Promise<void>
  /** Old or new opens the vault at every moment. */
  changePassphrase(old: string, next: string): Promise<void>
  /** The storage identity, `AGE-SECRET-KEY-PQ-1…`. */
  exportIdentity(passphrase: string): Promise<string>
  autoLockMinutes(): number
  setAutoLock(minutes: number): Promise<void>
  /** When it will lock by itself, Unix milliseconds: for an alarm that calls `start`. `null` while locked. */
  autoLockAt(): number | null
  onChange(listener: () => void): () => void
  pseudonym(organization: OrganizationId): Promise<Pseudonym>
  depositRecipient(organization: OrganizationId): Promise<string>
  storageRecipient(): Promise<string>
  signAs(organization: OrganizationId, data: TypedData): Promise<Hex>
  /** @param relay its origin */
  relayAccount(relay: string): Promise<Hex>
  signAsRelayAccount(relay: string, data: TypedData): Promise<Hex>
  /** The pseudonym that the emergency card names. */
  emergencyPseudonym(): Promise<Pseudonym>
  signAsEmergency(data: TypedData): Promise<Hex>
  /** Where holders of shares seal their answers to. */
  emergencyRecipient(): Promise<string>
  openEmergency(file: Uint8Array): Promise<Uint8Array>
  /** The account by which this person vetoes somebody else's emergency. */
  guardianAccount(): Promise<Pseudonym>
  signAsGuardian(data: TypedData): Promise<Hex>
  /** The account by which this person acts for somebody else: one an invitation, by `careIndexOf`. */
  delegateAccount(careIndex: Hex): Promise<Hex>
  signAsDelegate(careIndex: Hex, data: TypedData): Promise<Hex>
  /** The file key of a deposit's age header. */
  openDepositHeader(organization: OrganizationId, header: Uint8Array): Promise<Uint8Array>
  /** A small sealed file, such as a message from the inbox. */
  openDeposit(organization: OrganizationId, file: Uint8Array): Promise<Uint8Array>
  createStorageHeader(): Promise<{ header: Uint8Array; fileKey: Uint8Array }>
  openStorage(file: Uint8Array): Promise<Uint8Array>
  sealItem(name: string, plain: Uint8Array): Promise<Uint8Array>
  openItem(name: string, sealed: Uint8Array): Promise<Uint8Array>
  /** A keyed hash of a name. */
  itemKey(name: string): Promise<string>
  /** The IPNS name, base36. */
  backupName(): Promise<string>
  /** A marshalled, signed IPNS record. */
  backupPointer(cid: string, sequence: bigint): Promise<Uint8Array>
}

export interface VaultParts {
  storage: { local: GuardedArea; session: GuardedArea }
  indexedDB?: IDBFactory
  /** Unix milliseconds. */
  now?: () => number
  stretch?: StretchParameters
}

export function createVault({
  storage,
  indexedDB = globalThis.indexedDB,
  now = Date.now,
  stretch,
}: VaultParts): Vault {
  const life = createLife({
    places: [indexedDbPlace(indexedDB), localPlace(storage.local)],
    session: storage.session,
    now,
  })
  const acts = createActs(life, stretch)
  const { use, keyring } = life

  return {
    ...acts,
    async start() {
      await guard(storage.local)
      await guard(storage.session)
      await life.start()
    },
    state: life.state,
    lock: life.lock,
    onChange: life.onChange,
    autoLockAt: life.lockAt,
    phraseConfirmed: () => life.header()?.phraseConfirmed ?? false,
    autoLockMinutes: () => life.header()?.autoLockMinutes ?? limits.autoLockDefaultMinutes,
    async exportIdentity(passphrase) {
      const keys = await keyring()
      // Who walks up to an unlocked browser must not leave with every record.
      await acts.reveal(passphrase)
      return keys.storageIdentity()
    },
    pseudonym: async (organization) =>
      pseudonymSchema.parse((await keyring()).pseudonym(organization).address),
    signAs: async (organization, data) => (await keyring()).pseudonym(organization).signTypedData(data),
    relayAccount: async (relay) => addressSchema.parse((await keyring()).relayAccount(relay).address),
    signAsRelayAccount: async (relay, data) => (await keyring()).relayAccount(relay).signTypedData(data),
    depositRecipient: async (organization) => (await keyring()).depositRecipient(organization),
    storageRecipient: async () => (await keyring()).storageRecipient(),
    emergencyPseudonym: async () => pseudonymSchema.parse((await keyring()).emergency().address),
    signAsEmergency: async (data) => (await keyring()).emergency().signTypedData(data),
    emergencyRecipient: async () => (await keyring()).emergencyRecipient(),
    openEmergency: async (file) => {
      const keys = await keyring()
      return await use(() => open(keys.emergencyIdentity(), file))
    },
    guardianAccount: async () => pseudonymSchema.parse((await keyring()).guardian().address),
    signAsGuardian: async (data) => (await keyring()).guardian().signTypedData(data),
    delegateAccount: async (careIndex) => addressSchema.parse((await keyring()).delegate(careIndex).address),
    signAsDelegate: async (careIndex, data) => (await keyring()).delegate(careIndex).signTypedData(data),
    openDepositHeader: async (organization, header) => {
      const keys = await keyring()
      return await use(() => openHeader(header, keys.depositIdentity(organization)))
    },
    openDeposit: async (organization, file) => {
      const keys = await keyring()
      return await use(() => open(keys.depositIdentity(organization), file))
    },
    createStorageHeader: async () => createHeader([await (await keyring()).storageRecipient()]),
    openStorage: async (file) => {
      const keys = await keyring()
      return await use(() => open(keys.storageIdentity(), file))
    },
    sealItem: (name, plain) => use(({ cipherKey }) => sealItem(cipherKey, name, plain)),
    openItem: (name, sealed) => use(({ cipherKey }) => openItem(cipherKey, name, sealed)),
    itemKey: (name) => use((unlocked) => hashName(unlocked, name)),
    backupName: async () => pointerName(await (await keyring()).backupKey()),
    backupPointer: async (cid, sequence) => pointerTo(await (await keyring()).backupKey(), cid, sequence),
  }
}

/** Content scripts may read an area unless told otherwise; ours need none. */
async function guard(area: GuardedArea): Promise<void> {
  try {
    await area.setAccessLevel?.({ accessLevel: 'TRUSTED_CONTEXTS' })
  } catch {
    // Firefox has no such levels: there content scripts see `local`, which holds ciphertext, and no `session`.
  }
}
