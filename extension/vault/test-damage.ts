import type { Place } from './places.ts'
import type { GuardedArea } from './session.ts'
import { headerItem } from './stored-items.ts'

/** What is left of a text. `at` is between 0 and 1. */
export type Damage =
  | { kind: 'deleted' | 'emptied' | 'not-text' | 'unopenable' }
  | { kind: 'truncated' | 'flipped'; at: number }

const spoilt = (text: string, damage: Damage): unknown => {
  if (damage.kind === 'truncated') return text.slice(0, Math.floor(damage.at * text.length))
  if (damage.kind === 'flipped') {
    const index = Math.min(text.length - 1, Math.floor(damage.at * text.length))
    const flipped = String.fromCharCode(text.charCodeAt(index) ^ 1)
    return text.slice(0, index) + flipped + text.slice(index + 1)
  }
  return damage.kind === 'emptied' ? '' : { text }
}

/** As a damaged LevelDB leaves `storage.local`. */
export async function damageLocal(area: GuardedArea, text: string, damage: Damage): Promise<void> {
  await area.remove(headerItem)
  if (damage.kind === 'deleted' || damage.kind === 'unopenable') return
  await area.set({ [headerItem]: spoilt(text, damage) })
}

/** As a damaged profile leaves IndexedDB: a database that is gone, that does not open, or that lost its store. */
export async function damageDatabase(factory: IDBFactory, text: string, damage: Damage): Promise<void> {
  await finished(factory.deleteDatabase(headerItem))
  if (damage.kind === 'deleted') return
  // Of a later version, or without its store: neither can be used as it is.
  const request = factory.open(headerItem, damage.kind === 'unopenable' ? 2 : 1)
  const keepsStore = damage.kind !== 'unopenable' && damage.kind !== 'emptied'
  request.onupgradeneeded = () => {
    if (keepsStore) request.result.createObjectStore('header').put(spoilt(text, damage), 'vault')
  }
  await finished(request)
  request.result.close()
}

function finished(request: IDBRequest): Promise<void> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve()
    request.onerror = () => reject(request.error)
  })
}

/** Where the browser dies: at which write, counted over both places, and in which moment of it. */
export interface Cut {
  write: number
  moment: 'before' | 'torn' | 'after'
}

/** The places of a browser that dies at the cut: from then on nothing happens any more. */
export function mortal(places: readonly [Place, Place], cut: Cut): [Place, Place] {
  let writes = 0
  let isDead = false
  const wrap = (place: Place): Place => {
    const write = (act: (text: string) => Promise<void>) => async (text: string) => {
      if (isDead) throw new Error('dead')
      isDead = writes === cut.write
      writes += 1
      if (!isDead) return await act(text)
      if (cut.moment === 'torn') await act(text.slice(0, text.length / 2))
      if (cut.moment === 'after') await act(text)
      throw new Error('dead')
    }
    const read = async () => {
      if (isDead) throw new Error('dead')
      return await place.read()
    }
    return { name: place.name, read, write: write(place.write), renew: write(place.renew) }
  }
  return [wrap(places[0]), wrap(places[1])]
}

/** The places of a browser whose disk is full for the writes with these numbers. */
export function full(places: readonly [Place, Place], refuses: (write: number) => boolean): [Place, Place] {
  let writes = 0
  const wrap = (place: Place): Place => {
    const write = (act: (text: string) => Promise<void>) => async (text: string) => {
      writes += 1
      if (refuses(writes - 1)) throw new DOMException('Disk full', 'QuotaExceededError')
      await act(text)
    }
    return { name: place.name, read: place.read, write: write(place.write), renew: write(place.renew) }
  }
  return [wrap(places[0]), wrap(places[1])]
}
