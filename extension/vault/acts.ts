import { createMnemonic } from '../../shared/crypto/mnemonic.ts'
import {
  defaultStretch,
  type StretchParameters,
  unwrapDataKey,
  wrapDataKey,
} from '../../shared/crypto/password.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { VaultHeader } from './header.ts'
import type { Life } from './life.ts'
import { limits } from './limits.ts'
import { requireStrong } from './passphrase.ts'
import { entropyOf, isPhraseKnown, type PhraseAnswer, wordsOf } from './phrase.ts'
import { openPhrase, recoverDataKey, sealPhrase } from './unlocked.ts'

/** What a person does with a vault; `Vault` says what each means. */
export interface Acts {
  create(passphrase: string): Promise<string[]>
  restore(words: string[], passphrase: string): Promise<void>
  unlock(passphrase: string): Promise<void>
  touch(): Promise<void>
  changePassphrase(old: string, next: string): Promise<void>
  reveal(passphrase: string): Promise<string[]>
  confirmPhrase(answers: readonly PhraseAnswer[]): Promise<boolean>
  setAutoLock(minutes: number): Promise<void>
}

export function createActs(life: Life, stretch: StretchParameters = defaultStretch): Acts {
  /** A new header for a phrase, under a data key that is new or was recovered. */
  const found = async (
    entropy: Uint8Array,
    dataKey: Uint8Array,
    passphrase: string,
    rest: Pick<VaultHeader, 'phraseConfirmed' | 'autoLockMinutes'>,
  ): Promise<void> => {
    const wrapped = await wrapDataKey(dataKey, passphrase, stretch)
    const sealed = await sealPhrase(dataKey, entropy)
    await life.found(dataKey, { version: 1, wrapped, ...sealed, ...rest, createdAt: life.now() })
  }
  const newDataKey = () => globalThis.crypto.getRandomValues(new Uint8Array(32))

  return {
    create: (passphrase) =>
      life.inTurn(async () => {
        requireStrong(passphrase)
        const header = await life.load()
        if (header)
          throw new CarekeyError('params-invalid', 'There is a vault in this browser already. Unlock it.')
        const entropy = entropyOf(createMnemonic().split(' '))
        const autoLockMinutes = limits.autoLockDefaultMinutes
        await found(entropy, newDataKey(), passphrase, { phraseConfirmed: false, autoLockMinutes })
        return wordsOf(entropy)
      }),
    restore: (words, passphrase) =>
      life.inTurn(async () => {
        requireStrong(passphrase)
        const entropy = entropyOf(words)
        const header = await life.load()
        // The same phrase opens the vault that is here, so that a forgotten passphrase loses nothing.
        const dataKey = header ? await recoverDataKey(entropy, header).catch(() => undefined) : newDataKey()
        if (!dataKey) {
          throw new CarekeyError('params-invalid', 'There is a vault of other words in this browser.', {
            data: { field: 'words' },
          })
        }
        const autoLockMinutes = header?.autoLockMinutes ?? limits.autoLockDefaultMinutes
        await found(entropy, dataKey, passphrase, { phraseConfirmed: true, autoLockMinutes })
      }),
    unlock: (passphrase) =>
      life.inTurn(async () => {
        const current = await life.present()
        const dataKey = await unwrapDataKey(current.wrapped, passphrase)
        await life.open(dataKey, current)
        // Parameters rise over time; a device that cannot store now is asked again at the next unlock.
        if (!isWeaker(current.wrapped, stretch)) return
        const wrapped = await wrapDataKey(dataKey, passphrase, stretch)
        await life.write({ ...current, wrapped }).catch(() => undefined)
      }),
    touch: () =>
      life.inTurn(async () => {
        const header = await life.load()
        if (header) await life.postpone(header.autoLockMinutes)
      }),
    changePassphrase: (old, next) =>
      life.inTurn(async () => {
        requireStrong(next)
        const current = await life.present()
        const dataKey = await unwrapDataKey(current.wrapped, old)
        const wrapped = await wrapDataKey(dataKey, next, stretch)
        dataKey.fill(0)
        await life.write({ ...current, wrapped })
      }),
    reveal: (passphrase) =>
      life.inTurn(async () => {
        const current = await life.present()
        const dataKey = await unwrapDataKey(current.wrapped, passphrase)
        const words = await openPhrase(dataKey, current)
        dataKey.fill(0)
        return words
      }),
    confirmPhrase: (answers) =>
      life.use(({ cipherKey }) =>
        life.inTurn(async () => {
          const current = await life.present()
          const words = await openPhrase(cipherKey, current)
          if (!isPhraseKnown(words, answers)) return false
          if (!current.phraseConfirmed) await life.write({ ...current, phraseConfirmed: true })
          return true
        }),
      ),
    setAutoLock: (minutes) =>
      life.inTurn(async () => {
        const current = await life.present()
        if (
          !Number.isInteger(minutes) ||
          minutes < limits.autoLockMinMinutes ||
          minutes > limits.autoLockMaxMinutes
        )
          throw new CarekeyError('params-invalid', 'Auto-lock is between 1 and 240 minutes.')
        await life.write({ ...current, autoLockMinutes: minutes })
        await life.postpone(minutes)
      }),
  }
}

function isWeaker(stored: StretchParameters, wanted: StretchParameters): boolean {
  return stored.memoryKib < wanted.memoryKib || stored.iterations < wanted.iterations
}
