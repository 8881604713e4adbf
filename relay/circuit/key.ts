import { randomBytes } from 'node:crypto'
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { PrivateKey } from '@libp2p/interface'

/** The relay's own peer key, made once: its peer id is part of every address that clients keep. */
export async function peerKey(path: string): Promise<PrivateKey> {
  try {
    return privateKeyFromProtobuf(readFileSync(path))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  const key = await generateKeyPair('Ed25519')
  writeOnce(path, privateKeyToProtobuf(key))
  return key
}

/** Random bytes that stay the same over restarts. */
export function keptSecret(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
  }
  const secret = randomBytes(32)
  writeOnce(path, secret)
  return secret
}

/** Written aside and renamed: a crash leaves the whole file or none. */
function writeOnce(path: string, bytes: Uint8Array): void {
  writeFileSync(`${path}.new`, bytes, { mode: 0o600, flush: true })
  renameSync(`${path}.new`, path)
}
