// An age program of its own, as anybody could write one: `node open-with-typage.ts IDENTITY_FILE AGE_FILE OUT_FILE`.
// It knows nothing of Carekey.

import { readFileSync, writeFileSync } from 'node:fs'
import { Decrypter } from 'age-encryption'

const [identityFile = '', ageFile = '', outFile = ''] = process.argv.slice(2)
const decrypter = new Decrypter()
for (const line of readFileSync(identityFile, 'utf8').split('\n')) {
  if (line !== '' && !line.startsWith('#')) decrypter.addIdentity(line)
}
writeFileSync(outFile, await decrypter.decrypt(new Uint8Array(readFileSync(ageFile))))
