import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex } from '@noble/hashes/utils.js'
import { IDBFactory } from 'fake-indexeddb'
import { importDataKey, openItem, sealItem } from '../../shared/crypto/item.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import {
  commitmentSchema,
  grantIdSchema,
  organizationIdSchema,
  pseudonymSchema,
} from '../../shared/protocol/ids.ts'
import {
  commitmentOf,
  encodeStatement,
  type Statement,
  statementSchema,
} from '../../shared/protocol/statement.ts'
import {
  type StoredConnection,
  type StoredGrant,
  type StoredRecord,
  storedConnectionSchema,
  storedGrantSchema,
  storedRecordSchema,
} from './schemas.ts'
import { type Cipher, openStore } from './store.ts'

const hex = (byte: number, bytes: number) => `0x${byte.toString(16).padStart(2, '0').repeat(bytes)}` as const
const signature = hex(0x1c, 65)
const relay = 'https://relay.example'

export const organization = organizationIdSchema.parse(hex(0x5d, 32))
export const otherOrganization = organizationIdSchema.parse(hex(0x6e, 32))
const patient = pseudonymSchema.parse(hex(0x11, 20))

/** Real sealing under a data key of its own, as the vault does it; locks on demand. */
export function testCipher(dataKey = new Uint8Array(32).fill(7)): Cipher & { locked: boolean } {
  const key = importDataKey(dataKey)
  const cipher = {
    locked: false,
    async sealItem(name: string, plain: Uint8Array) {
      requireUnlocked()
      return await sealItem(await key, name, plain)
    },
    async openItem(name: string, sealed: Uint8Array) {
      requireUnlocked()
      return await openItem(await key, name, sealed).catch((cause: unknown) => {
        throw new CarekeyError('record-damaged', 'This stored item is damaged.', { cause })
      })
    },
    async itemKey(name: string) {
      requireUnlocked()
      return bytesToHex(hmac(sha256, dataKey, new TextEncoder().encode(name)))
    },
  }
  const requireUnlocked = () => {
    if (cipher.locked) throw new CarekeyError('vault-locked', 'Carekey is locked.')
  }
  return cipher
}

export function testIndex(cipher = testCipher()) {
  const factory = new IDBFactory()
  return { factory, cipher, store: openStore(cipher, factory) }
}

export function statementOf(more: Partial<Record<keyof Statement, unknown>> = {}): Statement {
  return statementSchema.parse({
    version: 1,
    subject: patient,
    author: organization,
    title: 'Lipid panel',
    category: 'laboratory',
    mediaType: 'application/fhir+json',
    period: { start: '2026-11-01', end: '2026-11-01' },
    issuedAt: '2026-11-02T09:30:00Z',
    contentHash: hex(0x9f, 32),
    contentBytes: 18_231,
    previous: null,
    salt: hex(0x01, 32),
    ...more,
  })
}

export function recordOf(
  statement: Partial<Record<keyof Statement, unknown>> = {},
  more: Partial<StoredRecord> = {},
): StoredRecord {
  const whole = statementOf(statement)
  const commitment = commitmentOf(encodeStatement(whole))
  return storedRecordSchema.parse({
    commitment,
    statement: whole,
    anchor: {
      anchor: { commitment, subject: patient, previous: whole.previous, deadline: 1_800_000_000 },
      author: whole.author,
      signature,
    },
    cid: 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy',
    sealedBytes: 20_480,
    fileKey: 'AAECAwQFBgcICQoLDA0ODw==',
    pinId: null,
    status: 'saving',
    savedAt: null,
    relay,
    transactionHash: null,
    ...more,
  })
}

const voucher = { organization, patient, deadline: 1_800_000_000, signature }

export function grantOf(id: number, more: Partial<StoredGrant> = {}): StoredGrant {
  const commitment = commitmentSchema.parse(hex(0x22, 32))
  const period = { start: '2026-01-01', end: '2026-12-31' }
  return storedGrantSchema.parse({
    grantId: hex(id, 32),
    signed: {
      grant: {
        patient,
        grantee: organization,
        purpose: 'TREAT',
        notBefore: 1_790_000_000,
        notAfter: 1_790_086_400,
        scopeHash: hex(0x33, 32),
        deadline: 1_790_000_600,
      },
      signature,
    },
    request: null,
    scope: { version: 1, categories: ['laboratory'], period, commitments: [commitment], salt: hex(0x44, 32) },
    manifest: 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy',
    commitments: [commitment],
    relay,
    voucher,
    status: 'submitting',
    createdAt: 1_790_000_000,
    ...more,
  })
}

export function revocationOf(id: number) {
  return { patient, grant: grantIdSchema.parse(hex(id, 32)), deadline: 1_800_000_000, signature }
}

export function connectionOf(more: Partial<StoredConnection> = {}): StoredConnection {
  return storedConnectionSchema.parse({
    organization,
    name: 'St Brigid',
    origin: 'https://stbrigid.example',
    patient,
    connectedAt: 1_790_000_000,
    voucher: null,
    disconnectedAt: null,
    ...more,
  })
}

export const voucherUntil = (deadline: number): StoredConnection['voucher'] =>
  storedConnectionSchema.shape.voucher.parse({ ...voucher, deadline })

interface RawRow {
  table: string
  key: string
  sealed: Uint8Array
}

/** The rows as they lie on the disk. */
export async function rawRows(factory: IDBFactory): Promise<RawRow[]> {
  return await withRows(factory, (rows) => rows.getAll())
}

export async function putRawRow(factory: IDBFactory, row: RawRow): Promise<void> {
  await withRows(factory, (rows) => rows.put(row))
}

export async function deleteRawRow(factory: IDBFactory, { table, key }: RawRow): Promise<void> {
  await withRows(factory, (rows) => rows.delete([table, key]))
}

function withRows<T>(factory: IDBFactory, act: (rows: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const opening = factory.open('carekey-index')
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const transaction = opening.result.transaction('rows', 'readwrite')
      const request = act(transaction.objectStore('rows'))
      transaction.oncomplete = () => {
        opening.result.close()
        resolve(request.result)
      }
      transaction.onabort = () => reject(transaction.error)
    }
  })
}
