import { pbkdf2, randomBytes, scrypt } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { promisify } from 'node:util'
import { Keystore } from 'ox'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'
import { UsageError } from './failure.ts'

const hexOf = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-fA-F]{${2 * bytes}}$`))
const saltSchema = z.string().regex(/^([0-9a-fA-F]{2})+$/)
const derivedBytes = 32
const MiB = 1_024 * 1_024

const scryptSchema = z.object({
  dklen: z.literal(derivedBytes),
  salt: saltSchema,
  n: z
    .int()
    .min(2)
    .max(2 ** 20),
  r: z.int().min(1).max(16),
  p: z.int().min(1).max(16),
})
const pbkdf2Schema = z.object({
  dklen: z.literal(derivedBytes),
  salt: saltSchema,
  c: z.int().min(1).max(10_000_000),
  prf: z.literal('hmac-sha256'),
})
const cipherSchema = z.object({
  cipher: z.literal('aes-128-ctr'),
  ciphertext: hexOf(32),
  cipherparams: z.object({ iv: hexOf(16) }),
  mac: hexOf(32),
})

/** Web3 Secret Storage, version 3, as geth, Besu's tools and Foundry write it. */
const keystoreSchema = z.object({
  version: z.literal(3),
  id: z.string(),
  crypto: z.discriminatedUnion('kdf', [
    cipherSchema.extend({ kdf: z.literal('scrypt'), kdfparams: scryptSchema }),
    cipherSchema.extend({ kdf: z.literal('pbkdf2'), kdfparams: pbkdf2Schema }),
  ]),
})
type KeystoreFile = z.infer<typeof keystoreSchema>
type Derivation = Pick<KeystoreFile['crypto'], 'kdf' | 'kdfparams'>

/** What geth uses: half a second here. */
const usualScrypt = { dklen: derivedBytes, n: 2 ** 18, r: 8, p: 1 } as const

const privateKeySchema = z
  .string()
  .trim()
  .regex(/^(0x)?[0-9a-fA-F]{64}$/)
  .transform((key) => (key.startsWith('0x') ? key : `0x${key}`) as `0x${string}`)

export interface KeySource {
  keystore?: string | undefined
  'password-file'?: string | undefined
}

/** The key that pays and signs: a keystore file, or `CAREKEY_KEY`. No message ever holds a key or password. */
export async function readKey(source: KeySource, env: NodeJS.ProcessEnv): Promise<PrivateKeyAccount> {
  if (source.keystore !== undefined) {
    const keystore = readKeystore(source.keystore)
    const password = await readPassword(source, env, `Password of ${source.keystore}: `)
    return openKeystore(source.keystore, keystore, password)
  }
  if (env.CAREKEY_KEY === undefined || env.CAREKEY_KEY === '') {
    throw new UsageError('There is no key: give --keystore FILE, or set CAREKEY_KEY to a private key.')
  }
  const key = privateKeySchema.safeParse(env.CAREKEY_KEY)
  if (!key.success) throw new UsageError('CAREKEY_KEY is not a private key (0x and 64 hex digits).')
  return accountOf(key.data, 'CAREKEY_KEY')
}

/** Makes a key and writes it, sealed under a password, to a file that does not exist yet. */
export async function writeNewKey(path: string, source: KeySource, env: NodeJS.ProcessEnv) {
  const password = await readPassword(source, env, `Password for ${path}: `)
  const key = generatePrivateKey()
  const account = privateKeyToAccount(key)
  const kdfparams = { ...usualScrypt, salt: randomBytes(32).toString('hex') }
  const derived = await derive({ kdf: 'scrypt', kdfparams }, password)
  const sealed = Keystore.encrypt(key, derived, { kdf: 'scrypt', kdfparams, iv: randomBytes(16) })
  const keystore = { ...sealed, address: account.address.slice(2) }
  try {
    writeFileSync(path, `${JSON.stringify(keystore, null, 2)}\n`, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    throw new UsageError(`${path} cannot be written, or is there already: choose another name.`, { cause })
  }
  return account
}

function readKeystore(path: string): KeystoreFile {
  const fault = new UsageError(
    `${path} is not a keystore file (Web3 Secret Storage, version 3) that can be read.`,
  )
  let content: unknown
  try {
    content = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    throw fault
  }
  const parsed = keystoreSchema.safeParse(content)
  if (!parsed.success) throw fault
  return parsed.data
}

async function openKeystore(path: string, keystore: KeystoreFile, password: string) {
  let key: `0x${string}`
  try {
    key = Keystore.decrypt(keystore, await derive(keystore.crypto, password))
  } catch {
    throw new UsageError(`The password does not open ${path}, or the file is damaged.`)
  }
  return accountOf(key, path)
}

/** By Node's own functions: those in JavaScript take many seconds. */
async function derive(by: Derivation, password: string): Promise<`0x${string}`> {
  const salt = Buffer.from(by.kdfparams.salt, 'hex')
  const bytes =
    'n' in by.kdfparams
      ? await promisify<string, Buffer, number, object, Buffer>(scrypt)(password, salt, derivedBytes, {
          ...{ N: by.kdfparams.n, r: by.kdfparams.r, p: by.kdfparams.p },
          // 128 · N · r bytes, and some.
          maxmem: 128 * by.kdfparams.n * by.kdfparams.r + 32 * MiB,
        })
      : await promisify(pbkdf2)(password, salt, by.kdfparams.c, derivedBytes, 'sha256')
  return `0x${bytes.toString('hex')}`
}

function accountOf(key: `0x${string}`, from: string): PrivateKeyAccount {
  try {
    return privateKeyToAccount(key)
  } catch {
    throw new UsageError(`What ${from} holds is no key of this ledger's curve.`)
  }
}

/** From a file, the environment or the keyboard; never an argument, which every process on the machine can read. */
async function readPassword(source: KeySource, env: NodeJS.ProcessEnv, question: string): Promise<string> {
  const path = source['password-file']
  if (path !== undefined) {
    try {
      return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
    } catch {
      throw new UsageError(`The password file ${path} cannot be read.`)
    }
  }
  if (env.CAREKEY_PASSWORD !== undefined) return env.CAREKEY_PASSWORD
  if (process.stdin.isTTY) return ask(question)
  throw new UsageError('There is no password: give --password-file FILE, or set CAREKEY_PASSWORD.')
}

async function ask(question: string): Promise<string> {
  const silent = new Writable({ write: (_piece, _encoding, done) => done() })
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true })
  process.stderr.write(question)
  try {
    return await lines.question('')
  } finally {
    process.stderr.write('\n')
    lines.close()
  }
}
