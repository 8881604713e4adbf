import { z } from 'zod'
import { seal } from '../../shared/crypto/seal.ts'
import { fromBase64, toBase64 } from '../../shared/protocol/base64.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { cidSchema, unixSecondsSchema } from '../../shared/protocol/ids.ts'
import { ownerToken } from './accounts.ts'
import { type BackupPointer, readPointer } from './backup-name.ts'
import { limits } from './limits.ts'
import type { World } from './ports.ts'

// A sealed copy of the index at the relay (protocol, section 11).

const noteSchema = z.object({
  state: z.enum(['none', 'saving', 'saved', 'failed']),
  at: unixSecondsSchema.nullable(),
  /** Something has changed since. */
  dirty: z.boolean(),
  /** Our own last backup: what it holds need not be merged again. */
  cid: cidSchema.nullable(),
})
export type BackupNote = z.infer<typeof noteSchema>

/** Persisted unsealed: it says when a backup was made, nothing of what is in it. */
export interface NoteStore {
  read(): Promise<unknown>
  write(note: BackupNote): Promise<void>
}

export interface Backup {
  note(): Promise<BackupNote>
  /** Something has changed: a backup follows in a moment, or at the next `run`. */
  mark(): void
  /** Backs up if something has changed. Never rejects: the note says what became of it. */
  run(): Promise<void>
  /** Finds the newest backup of this phrase and merges it. Resolves with how many anchored records it lacks. */
  restore(relay: string): Promise<{ records: number; missingFromBackup: number }>
}

const empty: BackupNote = { state: 'none', at: null, dirty: false, cid: null }

export function backupOf(world: World, store: NoteStore): Backup {
  let timer: ReturnType<typeof setTimeout> | undefined
  let running: Promise<void> | undefined
  let marks = 0

  const note = async () => {
    const parsed = noteSchema.safeParse(await store.read())
    return parsed.success ? parsed.data : empty
  }
  // One change at a time: of two that read the same note, the later would undo the earlier.
  let turn: Promise<void> = Promise.resolve()
  const change = (part: Partial<BackupNote>): Promise<void> => {
    const next = async () => {
      await store.write({ ...(await note()), ...part })
      world.changed()
    }
    turn = turn.then(next, next)
    return turn
  }
  const run = async (): Promise<void> => {
    await turn
    if (world.vault.state() !== 'unlocked' || !(await note()).dirty) return
    const before = marks
    await change({ state: 'saving' })
    try {
      const cid = await publish(world, (await note()).cid)
      await change({ state: 'saved', at: world.now(), dirty: marks !== before, cid })
    } catch {
      // Tried again with the next tick; the screens show that it failed.
      await change({ state: 'failed' })
    }
  }
  const runOnce = () => {
    running ??= run().finally(() => {
      running = undefined
    })
    return running
  }

  /** One that runs already may have begun before the newest change. */
  const runAfter = async () => {
    await running
    await runOnce()
  }

  return {
    note,
    mark() {
      marks += 1
      clearTimeout(timer)
      void change({ dirty: true }).then(() => {
        clearTimeout(timer)
        timer = setTimeout(() => void runAfter(), limits.backupDelayMs)
      })
    },
    run: runOnce,
    restore: (relay) => restore(world, relay, change),
  }
}

async function newest(world: World, relay: string): Promise<BackupPointer | undefined> {
  const name = await world.vault.backupName()
  const record = await world.relay(relay).getName(name)
  return record && (await readPointer(name, record))
}

async function merge(world: World, relay: string, cid: BackupPointer['cid']): Promise<void> {
  const { bytes } = await world.node.call('node.get', {
    cid,
    maxBytes: limits.backupMaxBytes,
    relay,
    token: await ownerToken(world, relay),
  })
  await world.index.import(await world.vault.openStorage(fromBase64(bytes)))
}

/** Merges what another browser left there first, so that nothing is overwritten. */
async function publish(world: World, own: BackupNote['cid']): Promise<BackupPointer['cid']> {
  const relay = world.network.relays[0]
  if (relay === undefined) throw new CarekeyError('relay-unreachable', 'No relay is configured.')
  const found = await newest(world, relay)
  if (found && found.cid !== own) await merge(world, relay, found.cid)
  const sealed = await seal([await world.vault.storageRecipient()], await world.index.export())
  const { cid } = await world.node.call('node.put', { bytes: toBase64(sealed) })
  const token = await ownerToken(world, relay)
  await world.node.call('node.pin', { cid, name: 'backup', relay, token })
  const record = await world.vault.backupPointer(cid, (found?.sequence ?? -1n) + 1n)
  await world.relay(relay).putName(await world.vault.backupName(), record)
  return cid
}

async function restore(
  world: World,
  relay: string,
  change: (part: Partial<BackupNote>) => Promise<void>,
): Promise<{ records: number; missingFromBackup: number }> {
  if (!world.network.relays.includes(relay)) {
    throw new CarekeyError('params-invalid', 'This version of Carekey does not know that relay.', {
      data: { relay },
    })
  }
  const found = await newest(world, relay)
  if (found) {
    await merge(world, relay, found.cid)
    await change({ state: 'saved', at: world.now(), dirty: false, cid: found.cid })
  }
  const records = await world.tables.records.all()
  const here = new Set<string>(records.map((record) => record.commitment))
  let missingFromBackup = 0
  // A relay could have kept an old backup, or none: the ledger knows every record that was ever anchored for us. Of
  // every organization there is, since such a backup lacks the connections too.
  for (const { id } of await world.ledger.organizations()) {
    for (const event of await world.ledger.eventsOf(await world.vault.pseudonym(id))) {
      if (event.kind === 'anchored' && !here.has(event.commitment)) missingFromBackup += 1
    }
  }
  await world.log.append({
    event: 'vault-restored',
    organization: null,
    text: `Carekey was set up again from your 24 words, with ${records.length} records.`,
    details: { missing: String(missingFromBackup) },
  })
  world.changed()
  return { records: records.length, missingFromBackup }
}
