import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bech32 } from '@scure/base'
import { HARDENED_OFFSET, HDKey } from '@scure/bip32'
import { identityToRecipient } from 'age-encryption'
import { hash32FromHex, requireLength } from './bytes.ts'
import { CryptoError } from './crypto-error.ts'

// BIP-32, every step hardened: m / purpose' / kind' [ / eight indices' that spell out an identifier, or one use' ].
// Not a counter: the phrase and an organization's identifier are enough to find the key again.
const purpose = 2273 // C-A-R-E on a telephone's keys
const kinds = {
  pseudonym: 0,
  depositIdentity: 1,
  relayAccount: 2,
  storageIdentity: 3,
  backupName: 4,
  emergency: 5,
  delegate: 6,
} as const
type Kind = keyof typeof kinds

/** Kind 5 goes on with one of these. */
const emergencyUses = { pseudonym: 0, guardian: 1, identity: 2 } as const

const seedBytes = 64

/** The secp256k1 private key (32 bytes) of the patient's pseudonym towards an organization (bytes32, `0x…`). */
export function pseudonymKey(seed: Uint8Array, organizationId: string): Uint8Array<ArrayBuffer> {
  return nodeKey(seed, 'pseudonym', indicesOf(hash32FromHex(organizationId)))
}

/** The hybrid age identity (`AGE-SECRET-KEY-PQ-1…`) to which an organization (bytes32, `0x…`) seals deposits. */
export function depositIdentity(seed: Uint8Array, organizationId: string): string {
  const node = nodeKey(seed, 'depositIdentity', indicesOf(hash32FromHex(organizationId)))
  return hybridIdentity(node, 'deposit-identity')
}

/** The secp256k1 private key (32 bytes) of the account that owns the pins at a relay, by the relay's host name. */
export function relayAccountKey(seed: Uint8Array, relay: string): Uint8Array<ArrayBuffer> {
  if (relay.length === 0) throw new CryptoError('argument-invalid')
  return nodeKey(seed, 'relayAccount', indicesOf(sha256(new TextEncoder().encode(relay.toLowerCase()))))
}

/** The hybrid age identity (`AGE-SECRET-KEY-PQ-1…`) to which accepted records are sealed again. */
export function storageIdentity(seed: Uint8Array): string {
  return hybridIdentity(nodeKey(seed, 'storageIdentity'), 'storage-identity')
}

/** The Ed25519 seed (32 bytes) of the IPNS name under which the backup is found. */
export function backupSeed(seed: Uint8Array): Uint8Array<ArrayBuffer> {
  return expand(nodeKey(seed, 'backupName'), 'backup-name')
}

/** The secp256k1 private key (32 bytes) of the pseudonym that an emergency card names: it has met no other. */
export function emergencyKey(seed: Uint8Array): Uint8Array<ArrayBuffer> {
  return nodeKey(seed, 'emergency', [emergencyUses.pseudonym])
}

/** The secp256k1 private key (32 bytes) by which this person vetoes somebody else's emergency. */
export function guardianKey(seed: Uint8Array): Uint8Array<ArrayBuffer> {
  return nodeKey(seed, 'emergency', [emergencyUses.guardian])
}

/** The secp256k1 private key (32 bytes) by which this person acts for somebody else, by the invitation (bytes32, `0x…`). */
export function delegateKey(seed: Uint8Array, careIndex: string): Uint8Array<ArrayBuffer> {
  return nodeKey(seed, 'delegate', indicesOf(hash32FromHex(careIndex)))
}

/** The hybrid age identity (`AGE-SECRET-KEY-PQ-1…`) to which those who hold a share seal their answers. */
export function emergencyIdentity(seed: Uint8Array): string {
  return hybridIdentity(nodeKey(seed, 'emergency', [emergencyUses.identity]), 'emergency-identity')
}

/** The age recipient of an age identity. Throws CryptoError `identity-invalid`. */
export async function recipientOf(identity: string): Promise<string> {
  try {
    return await identityToRecipient(identity)
  } catch {
    // No cause: its text could quote the identity.
    throw new CryptoError('identity-invalid')
  }
}

function nodeKey(seed: Uint8Array, kind: Kind, rest: readonly number[] = []): Uint8Array<ArrayBuffer> {
  requireLength(seed, seedBytes)
  const path = [purpose, kinds[kind], ...rest]
  let node = HDKey.fromMasterSeed(seed)
  for (const index of path) {
    const child = node.deriveChild(HARDENED_OFFSET + index)
    node.wipePrivateData()
    node = child
  }
  const key = node.privateKey
  if (key === null) throw new CryptoError('argument-invalid')
  node.wipePrivateData()
  return new Uint8Array(key)
}

/** The first 248 bits of 32 bytes as eight 31-bit numbers, most significant first. */
function indicesOf(identifier: Uint8Array): number[] {
  requireLength(identifier, 32)
  let bits = 0n
  for (const byte of identifier.subarray(0, 31)) bits = (bits << 8n) | BigInt(byte)
  return Array.from({ length: 8 }, (_, index) => Number((bits >> BigInt(31 * (7 - index))) & 0x7fff_ffffn))
}

/** A node's private key is a secp256k1 scalar; another scheme gets a key of its own from it (RFC 5869). */
function expand(key: Uint8Array, use: string): Uint8Array<ArrayBuffer> {
  const expanded = hkdf(sha256, key, undefined, new TextEncoder().encode(`carekey/v1/${use}`), 32)
  key.fill(0)
  return expanded
}

function hybridIdentity(key: Uint8Array, use: string): string {
  const seed = expand(key, use)
  const identity = bech32.encodeFromBytes('AGE-SECRET-KEY-PQ-', seed).toUpperCase()
  seed.fill(0)
  return identity
}
