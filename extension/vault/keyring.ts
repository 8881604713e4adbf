import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { toHex } from '../../shared/crypto/bytes.ts'
import {
  backupSeed,
  delegateKey,
  depositIdentity,
  emergencyIdentity,
  emergencyKey,
  guardianKey,
  pseudonymKey,
  recipientOf,
  relayAccountKey,
  storageIdentity,
} from '../../shared/crypto/derive.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { type OrganizationId, originSchema } from '../../shared/protocol/ids.ts'

/** Everything that follows from the seed, derived at first use and kept only as long as this object. */
export interface Keyring {
  pseudonym(organization: OrganizationId): PrivateKeyAccount
  /** By the relay's origin. Throws CarekeyError `params-invalid` for anything else. */
  relayAccount(relay: string): PrivateKeyAccount
  depositIdentity(organization: OrganizationId): string
  depositRecipient(organization: OrganizationId): Promise<string>
  storageIdentity(): string
  storageRecipient(): Promise<string>
  backupKey(): Promise<Ed25519PrivateKey>
  /** What the emergency card names. */
  emergency(): PrivateKeyAccount
  /** Who vetoes somebody else's emergency. */
  guardian(): PrivateKeyAccount
  /** Who acts for somebody else, by `careIndexOf` the invitation. */
  delegate(careIndex: `0x${string}`): PrivateKeyAccount
  emergencyIdentity(): string
  emergencyRecipient(): Promise<string>
  /** Zeroes the seed. JavaScript gives no way to zero the strings inside what was derived; nothing refers to them. */
  wipe(): void
}

export function createKeyring(seed: Uint8Array): Keyring {
  const accounts = new Map<string, PrivateKeyAccount>()
  const identities = new Map<string, string>()
  const recipients = new Map<string, Promise<string>>()
  let backup: Promise<Ed25519PrivateKey> | undefined
  let isWiped = false

  /** A zeroed seed would derive somebody else's keys without a sound. */
  const liveSeed = (): Uint8Array => {
    if (isWiped) throw vaultLocked()
    return seed
  }

  const accountOf = (name: string, keyOf: () => Uint8Array) =>
    kept(accounts, name, () => {
      const key = keyOf()
      const account = privateKeyToAccount(toHex(key))
      key.fill(0)
      return account
    })
  const depositIdentityOf = (organization: OrganizationId) =>
    kept(identities, organization, () => depositIdentity(liveSeed(), organization))
  const emergencyIdentityOf = () => kept(identities, 'emergency', () => emergencyIdentity(liveSeed()))
  const storageIdentityOf = () => kept(identities, 'storage', () => storageIdentity(liveSeed()))

  return {
    pseudonym: (organization) =>
      accountOf(`pseudonym/${organization}`, () => pseudonymKey(liveSeed(), organization)),
    relayAccount(relay) {
      const origin = originSchema.safeParse(relay)
      if (!origin.success) throw new CarekeyError('params-invalid', 'A relay is named by its web origin.')
      return accountOf(`relay/${origin.data}`, () => relayAccountKey(liveSeed(), origin.data))
    },
    depositIdentity: depositIdentityOf,
    depositRecipient: (organization) =>
      kept(recipients, organization, () => recipientOf(depositIdentityOf(organization))),
    storageIdentity: storageIdentityOf,
    storageRecipient: () => kept(recipients, 'storage', () => recipientOf(storageIdentityOf())),
    backupKey: () => {
      backup ??= generateKeyPairFromSeed('Ed25519', backupSeed(liveSeed()))
      return backup
    },
    emergency: () => accountOf('emergency', () => emergencyKey(liveSeed())),
    guardian: () => accountOf('guardian', () => guardianKey(liveSeed())),
    delegate: (careIndex) => accountOf(`delegate/${careIndex}`, () => delegateKey(liveSeed(), careIndex)),
    emergencyIdentity: emergencyIdentityOf,
    emergencyRecipient: () => kept(recipients, 'emergency', () => recipientOf(emergencyIdentityOf())),
    wipe() {
      isWiped = true
      seed.fill(0)
      accounts.clear()
      identities.clear()
      recipients.clear()
      backup = undefined
    },
  }
}

export const vaultLocked = () =>
  new CarekeyError('vault-locked', 'Carekey is locked. Unlock it and try again.')

function kept<T>(map: Map<string, T>, name: string, make: () => T): T {
  const known = map.get(name)
  if (known !== undefined) return known
  const made = make()
  map.set(name, made)
  return made
}
