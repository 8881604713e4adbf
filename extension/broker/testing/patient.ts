import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { createIPNSRecord, marshalIPNSRecord } from 'ipns'
import { base36 } from 'multiformats/bases/base36'
import { privateKeyToAccount } from 'viem/accounts'
import { toHex } from '../../../shared/crypto/bytes.ts'
import {
  backupSeed,
  delegateKey,
  depositIdentity,
  pseudonymKey,
  recipientOf,
  relayAccountKey,
  storageIdentity,
} from '../../../shared/crypto/derive.ts'
import { createHeader, openHeader } from '../../../shared/crypto/header.ts'
import { open } from '../../../shared/crypto/seal.ts'
import { addressSchema, pseudonymSchema, signatureSchema } from '../../../shared/protocol/ids.ts'
import type { Vault } from '../ports.ts'

const yearMs = 365 * 24 * 60 * 60 * 1_000

export interface TestVault extends Vault {
  setState(state: 'none' | 'locked' | 'unlocked'): void
}

/** Real keys from a real seed, without a passphrase around them: what the vault's own room tests is not tested here. */
export function patientVault(seed: Uint8Array): TestVault {
  let state: 'none' | 'locked' | 'unlocked' = 'unlocked'
  const listeners = new Set<() => void>()
  const unused = async (): Promise<never> => {
    throw new Error('Not a part of these tests.')
  }
  const pseudonym = (organization: string) => privateKeyToAccount(toHex(pseudonymKey(seed, organization)))
  const account = (relay: string) => privateKeyToAccount(toHex(relayAccountKey(seed, relay)))
  const delegate = (careIndex: string) => privateKeyToAccount(toHex(delegateKey(seed, careIndex)))
  const backupKey = () => generateKeyPairFromSeed('Ed25519', backupSeed(seed))

  return {
    setState(next) {
      state = next
      for (const listener of [...listeners]) listener()
    },
    start: async () => undefined,
    state: () => state,
    phraseConfirmed: () => true,
    create: unused,
    reveal: unused,
    confirmPhrase: unused,
    unlock: unused,
    lock: unused,
    touch: async () => undefined,
    restore: unused,
    exportIdentity: unused,
    autoLockMinutes: () => 15,
    setAutoLock: unused,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    pseudonym: async (organization) => pseudonymSchema.parse(pseudonym(organization).address),
    depositRecipient: (organization) => recipientOf(depositIdentity(seed, organization)),
    storageRecipient: () => recipientOf(storageIdentity(seed)),
    signAs: async (organization, data) =>
      signatureSchema.parse(await pseudonym(organization).signTypedData(data)),
    relayAccount: async (relay) => addressSchema.parse(account(relay).address),
    signAsRelayAccount: async (relay, data) =>
      signatureSchema.parse(await account(relay).signTypedData(data)),
    delegateAccount: async (careIndex) => addressSchema.parse(delegate(careIndex).address),
    signAsDelegate: async (careIndex, data) =>
      signatureSchema.parse(await delegate(careIndex).signTypedData(data)),
    openDepositHeader: (organization, header) => openHeader(header, depositIdentity(seed, organization)),
    openDeposit: (organization, file) => open(depositIdentity(seed, organization), file),
    createStorageHeader: async () => createHeader([await recipientOf(storageIdentity(seed))]),
    openStorage: (file) => open(storageIdentity(seed), file),
    backupName: async () => (await backupKey()).publicKey.toCID().toString(base36),
    backupPointer: async (cid, sequence) =>
      marshalIPNSRecord(await createIPNSRecord(await backupKey(), `/ipfs/${cid}`, sequence, yearMs)),
  }
}
