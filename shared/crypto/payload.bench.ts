import { Decrypter, Encrypter, generateHybridIdentity, identityToRecipient } from 'age-encryption'
import { test } from 'vitest'
import { nobleCipher, webCipher } from './chunk-cipher.ts'
import { openPayload, sealPayload } from './payload.ts'
import { open, seal } from './seal.ts'

// 64 MiB on two shared cores, November 2026, MB/s sealing and opening:
//                          Node 24       Chromium 156, in a worker
// typage                188    177      185    181
// seal, open            587    617      700    782
// payload by WebCrypto 1055   1044     1074   1097
// payload by noble      211    212      201    203

const MiB = 1024 * 1024
const plaintext = new Uint8Array(64 * MiB).map((_, index) => index)
const fileKey = new Uint8Array(16)
const options = { iterations: 5, time: 0, warmupIterations: 1, warmupTime: 0 }

async function drain(pieces: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const kept: Uint8Array[] = []
  for await (const piece of pieces) kept.push(piece)
  return kept
}

test('64 MiB', { timeout: 120_000 }, async ({ bench }) => {
  const identity = await generateHybridIdentity()
  const recipient = await identityToRecipient(identity)
  const encrypter = new Encrypter()
  encrypter.addRecipient(recipient)
  const decrypter = new Decrypter()
  decrypter.addIdentity(identity)
  const file = await seal([recipient], plaintext)
  const payload = await drain(sealPayload(fileKey, plaintext))

  await bench.compare(
    bench('sealing, typage', async () => void (await encrypter.encrypt(plaintext))),
    bench('sealing, seal', async () => void (await seal([recipient], plaintext))),
    bench('sealing, WebCrypto', async () => void (await drain(sealPayload(fileKey, plaintext, webCipher)))),
    bench('sealing, noble', async () => void (await drain(sealPayload(fileKey, plaintext, nobleCipher)))),
    bench('opening, typage', async () => void (await decrypter.decrypt(file))),
    bench('opening, open', async () => void (await open(identity, file))),
    bench('opening, WebCrypto', async () => void (await drain(openPayload(fileKey, payload, webCipher)))),
    bench('opening, noble', async () => void (await drain(openPayload(fileKey, payload, nobleCipher)))),
    options,
  )
})
