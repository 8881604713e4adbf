import { wrapDataKey } from '../../shared/crypto/password.ts'
import type { NextHeader } from './copies.ts'
import { decodeHeader } from './header.ts'
import { indexedDbPlace, localPlace, type Place } from './places.ts'
import { floor, passphrase, testBrowser } from './test-vault.ts'
import { sealPhrase } from './unlocked.ts'

export const newPassphrase = 'another passphrase'
export const dataKey = new Uint8Array(32).fill(7)
export const oldHeader: NextHeader = {
  version: 1,
  wrapped: await wrapDataKey(dataKey, passphrase, floor),
  ...(await sealPhrase(dataKey, new Uint8Array(32).fill(9))),
  phraseConfirmed: true,
  autoLockMinutes: 15,
  createdAt: 1_800_000_000_000,
}
export const newHeader: NextHeader = {
  ...oldHeader,
  wrapped: await wrapDataKey(dataKey, newPassphrase, floor),
}

/** Fresh storage with its two places. */
export function freshPlaces() {
  const browser = testBrowser()
  const places: [Place, Place] = [indexedDbPlace(browser.indexedDB), localPlace(browser.storage.local)]
  return { ...browser, places }
}

/** What the places hold, undecoded headers as undefined. */
export const headersIn = (places: readonly Place[]) =>
  Promise.all(
    places.map(async (place) => {
      const text = await place.read().catch(() => undefined)
      return typeof text === 'string' ? decodeHeader(text) : undefined
    }),
  )
