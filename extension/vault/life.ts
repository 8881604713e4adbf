import { CarekeyError } from '../../shared/protocol/errors.ts'
import { createCopies, type NextHeader } from './copies.ts'
import type { VaultHeader } from './header.ts'
import { type Keyring, vaultLocked } from './keyring.ts'
import type { Place } from './places.ts'
import { createSession, type GuardedArea } from './session.ts'
import { translated } from './translate.ts'
import { keyringOf, openHeaderWith, type Unlocked, wipe } from './unlocked.ts'

export type VaultState = 'none' | 'locked' | 'unlocked'

/** What a vault has in hand, and since when; each act waits for the one before. */
export interface Life {
  start(): Promise<void>
  state(): VaultState
  header(): VaultHeader | undefined
  lockAt(): number | null
  lock(): Promise<void>
  onChange(listener: () => void): () => void
  /** Unix milliseconds. */
  now(): number
  /** Runs the act in the same turn as the check that the vault is unlocked. */
  use<T>(act: (unlocked: Unlocked) => T | Promise<T>): Promise<T>
  /** Runs the act when all before it are done. */
  inTurn<T>(act: () => Promise<T>): Promise<T>
  /** The header, read if need be; within a turn. */
  load(): Promise<VaultHeader | undefined>
  /** As `load`, but rejects with `vault-missing`. */
  present(): Promise<VaultHeader>
  /** Both copies; within a turn. */
  write(next: NextHeader): Promise<VaultHeader>
  /** Writes and opens as one: a vault that is new is not seen locked in between; within a turn. */
  found(dataKey: Uint8Array, next: NextHeader): Promise<void>
  /** Takes over the data key and unlocks; within a turn. */
  open(dataKey: Uint8Array, header: VaultHeader): Promise<void>
  /** The time until auto-lock starts anew, while unlocked; within a turn. */
  postpone(minutes: number): Promise<void>
  keyring(): Promise<Keyring>
}

export interface LifeParts {
  places: readonly [Place, Place]
  session: GuardedArea
  now(): number
}

export function createLife({ places, session: area, now }: LifeParts): Life {
  const copies = createCopies(places)
  const session = createSession(area, now, () => void lock().catch(() => undefined))
  const listeners = new Set<() => void>()
  let header: VaultHeader | undefined
  let unlocked: Unlocked | undefined
  /** Whether the places were read; until then nothing is known of a vault. */
  let isLoaded = false
  let isFounding = false
  let turn: Promise<unknown> = Promise.resolve()
  let started: Promise<void> | undefined

  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const done = turn.then(() => translated(act()))
    turn = done.catch(() => undefined)
    return done
  }
  const changed = () => {
    for (const listener of listeners) listener()
  }
  const load = async (): Promise<VaultHeader | undefined> => {
    if (!isLoaded) header = await copies.read()
    isLoaded = true
    return header
  }
  const present = async (): Promise<VaultHeader> => {
    const found = await load()
    if (!found) throw new CarekeyError('vault-missing', 'There is no vault in this browser yet.')
    return found
  }
  const write = async (next: NextHeader): Promise<VaultHeader> => {
    isLoaded = false
    header = await copies.write(next).catch(async (error: unknown) => {
      await load().catch(() => undefined)
      throw error
    })
    isLoaded = true
    changed()
    return header
  }
  const open = async (dataKey: Uint8Array, of: VaultHeader): Promise<void> => {
    const next = await openHeaderWith(dataKey, of)
    if (unlocked) wipe(unlocked)
    unlocked = next
    await session.open(dataKey, of.autoLockMinutes)
    changed()
  }
  const found = async (dataKey: Uint8Array, next: NextHeader): Promise<void> => {
    isFounding = header === undefined
    try {
      await open(dataKey, await write(next))
    } finally {
      isFounding = false
    }
  }
  const close = async (): Promise<void> => {
    const was = unlocked
    unlocked = undefined
    if (was) wipe(was)
    await session.clear()
    if (was) changed()
  }
  const lock = () => inTurn(close)
  const start = () => {
    started = inTurn(async () => {
      if (unlocked) return session.isOver() ? await close() : undefined
      // What cannot be read now is tried again at the next act, which then says why.
      await load().catch(() => undefined)
      const dataKey = header && (await session.restore())
      if (!header || !dataKey) return
      unlocked = await openHeaderWith(dataKey, header).catch(() => undefined)
      if (!unlocked) await session.clear()
      changed()
    })
    return started
  }
  const isOpen = () => unlocked !== undefined && !session.isOver()

  const use = async <T>(act: (unlocked: Unlocked) => T | Promise<T>): Promise<T> => {
    await (started ?? start())
    await turn
    await present()
    if (!unlocked || session.isOver()) {
      await lock()
      throw vaultLocked()
    }
    session.seen()
    return await translated((async (open: Unlocked) => act(open))(unlocked))
  }

  return {
    start,
    now,
    use,
    lock,
    inTurn,
    load,
    present,
    write,
    found,
    open,
    postpone: session.touch,
    state() {
      if (isOpen()) return 'unlocked'
      if (unlocked) void lock().catch(() => undefined)
      return isFounding || (isLoaded && !header) ? 'none' : 'locked'
    },
    header: () => header,
    lockAt: () => (isOpen() ? session.lockAt() : null),
    keyring: () => use(async (open) => keyringOf(open, await present())),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
