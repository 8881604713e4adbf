import { CarekeyError } from '../../shared/protocol/errors.ts'
import { decodeHeader, encodeHeader, type VaultHeader } from './header.ts'
import type { Place } from './places.ts'

/** A header to be written; whatever revision it carries is replaced. */
export type NextHeader = Omit<VaultHeader, 'revision'>

/**
 * The two copies of the header. A copy is overwritten only while the other is good or when neither is, so that an
 * interruption at any point leaves the old header or the new one (threats, decision 4).
 */
export interface Copies {
  /** The newest good copy, after which the other is made like it; `undefined` when neither place holds one. */
  read(): Promise<VaultHeader | undefined>
  /** Both copies written and read back. Else rejects with `storage-full`, and what was there before counts. */
  write(next: NextHeader): Promise<VaultHeader>
}

interface Look {
  place: Place
  header?: VaultHeader | undefined
  cause?: unknown
}

export function createCopies(places: readonly [Place, Place]): Copies {
  const look = (): Promise<Look[]> =>
    Promise.all(
      places.map(async (place) => {
        try {
          const text = await place.read()
          return { place, header: typeof text === 'string' ? decodeHeader(text) : undefined }
        } catch (cause) {
          return { place, cause }
        }
      }),
    )

  const newest = (looks: readonly Look[]): VaultHeader | undefined => {
    const headers = looks.flatMap(({ header }) => header ?? [])
    const best = headers.sort((a, b) => b.revision - a.revision)[0]
    const unread = looks.find(({ cause }) => cause !== undefined)
    if (!best && unread) {
      // Not "no vault": what cannot be read now may be whole.
      throw new CarekeyError(
        'storage-full',
        'The browser does not let Carekey read its storage. Nothing is lost. Restart the browser and try again.',
        { cause: unread.cause },
      )
    }
    return best
  }

  return {
    async read() {
      const looks = await look()
      const best = newest(looks)
      if (!best) return undefined
      for (const { place, header } of looks) {
        if (header?.revision === best.revision) continue
        // One good copy is enough to go on; the next reading tries again.
        await keep(place, encodeHeader(best), true).catch(() => undefined)
      }
      return best
    },

    async write(next) {
      const looks = await look()
      const before = newest(looks)
      const after = { ...next, revision: (before?.revision ?? 0) + 1 }
      // The worse copy first: should it fail, the better one was not touched.
      const inOrder = looks.sort((a, b) => (a.header?.revision ?? 0) - (b.header?.revision ?? 0))
      const touched: Place[] = []
      try {
        for (const { place, header } of inOrder) {
          touched.push(place)
          await keep(place, encodeHeader(after), before !== undefined && !header)
        }
      } catch (cause) {
        const isBack = await takeBack(touched, before, after)
        throw new CarekeyError(
          'storage-full',
          isBack
            ? 'The browser could not store the change, so nothing was changed. Free some space and try again.'
            : 'The browser stored only one of two copies of the vault. Free some space and restart the browser.',
          { cause },
        )
      }
      return after
    },
  }
}

/**
 * Makes the header from before the newest again; false when the new one may count. A write that failed may have
 * happened all the same. The only copy of a new vault is never deleted: its passphrase opens it.
 */
async function takeBack(
  touched: readonly Place[],
  before: VaultHeader | undefined,
  after: VaultHeader,
): Promise<boolean> {
  const text = before && encodeHeader({ ...before, revision: after.revision + 1 })
  let isBack = false
  if (text !== undefined) {
    for (const place of touched) {
      isBack = await keep(place, text, false).then(
        () => true,
        () => isBack,
      )
    }
  }
  if (isBack) return true
  const held = await Promise.all(touched.map((place) => place.read().catch(() => encodeHeader(after))))
  return !held.includes(encodeHeader(after))
}

async function keep(place: Place, text: string, isDamaged: boolean): Promise<void> {
  await (isDamaged ? place.renew(text) : place.write(text))
  if ((await place.read()) !== text) throw new Error(`${place.name} did not keep what was written.`)
}
