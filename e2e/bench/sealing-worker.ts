// Runs in a worker of Chromium, as the extension's sealing does: 64 MiB sealed and opened in three ways, in turn.

import { Decrypter, Encrypter, generateHybridIdentity, identityToRecipient } from 'age-encryption'
import { open, seal } from '../../shared/crypto/seal.ts'
import { timed } from './median.ts'
import type { SealingTimes, Way } from './sealing.ts'

const MiB = 1024 * 1024
const plaintextBytes = 64 * MiB
const randomMaxBytes = 64 * 1024
const algorithm = 'ChaCha20-Poly1305'

const scope = self as unknown as {
  onmessage: (event: MessageEvent<number>) => void
  postMessage(times: SealingTimes): void
}

scope.onmessage = async ({ data: runs }) => {
  const plaintext = new Uint8Array(plaintextBytes)
  for (let at = 0; at < plaintext.length; at += randomMaxBytes) {
    crypto.getRandomValues(plaintext.subarray(at, at + randomMaxBytes))
  }
  const ways = { carekey: await carekey(), typage: await typage(), webcrypto: await webcrypto() }
  const times: SealingTimes = {
    carekey: { seal: [], open: [] },
    typage: { seal: [], open: [] },
    webcrypto: { seal: [], open: [] },
  }
  // In turn, so that whatever else the machine does meets all three alike; the first round only warms up.
  for (let run = 0; run <= runs; run++) {
    for (const [name, way] of Object.entries(ways) as [Way, typeof ways.carekey][]) {
      let sealed = new Uint8Array()
      let opened = new Uint8Array()
      const sealing = await timed(async () => {
        sealed = await way.seal(plaintext)
      })
      const opening = await timed(async () => {
        opened = await way.open(sealed)
      })
      if (opened.length !== plaintext.length) throw new Error(`${name} gave another file back.`)
      if (run === 0) continue
      times[name].seal.push(sealing)
      times[name].open.push(opening)
    }
  }
  scope.postMessage(times)
}

type Bytes = Uint8Array<ArrayBuffer>
interface Sealing {
  seal: (plaintext: Bytes) => Promise<Bytes>
  open: (sealed: Bytes) => Promise<Bytes>
}

async function carekey(): Promise<Sealing> {
  const identity = await generateHybridIdentity()
  const recipient = await identityToRecipient(identity)
  return { seal: (plaintext) => seal([recipient], plaintext), open: (sealed) => open(identity, sealed) }
}

async function typage(): Promise<Sealing> {
  const identity = await generateHybridIdentity()
  const encrypter = new Encrypter()
  encrypter.addRecipient(await identityToRecipient(identity))
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  return {
    seal: async (plaintext) => new Uint8Array(await encrypter.encrypt(plaintext)),
    open: async (sealed) => new Uint8Array(await decrypter.decrypt(sealed)),
  }
}

/** The bare cipher in one call: no file format can be faster on this platform. */
async function webcrypto(): Promise<Sealing> {
  const raw = crypto.getRandomValues(new Uint8Array(32))
  // Not yet in TypeScript's DOM library (November 2026).
  const importKey = crypto.subtle.importKey.bind(crypto.subtle) as unknown as (
    ...key: ['raw-secret', Bytes, string, boolean, KeyUsage[]]
  ) => Promise<CryptoKey>
  const key = await importKey('raw-secret', raw, algorithm, false, ['encrypt', 'decrypt'])
  const parameters = { name: algorithm, iv: new Uint8Array(12) }
  return {
    seal: async (plaintext) => new Uint8Array(await crypto.subtle.encrypt(parameters, key, plaintext)),
    open: async (sealed) => new Uint8Array(await crypto.subtle.decrypt(parameters, key, sealed)),
  }
}
