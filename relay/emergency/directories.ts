import {
  type EmergencyDirectory,
  emergencyDirectorySchema,
  holdersHashOf,
} from '../../shared/protocol/emergency-shares.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { Pseudonym } from '../../shared/protocol/ids.ts'
import type { Clock } from '../clock.ts'
import type { Account } from '../identity/tokens.ts'
import { relayLimits } from '../limits.ts'
import type { Pins } from '../pinning/pins.ts'
import { parseCid } from '../storage/cid.ts'
import type { Database } from '../storage/database.ts'

/** Whose pins a directory names. */
export interface KeptDirectory {
  owner: Account
  directory: EmergencyDirectory
}

/**
 * Where emergency summaries lie and who holds their keys, as their owners have told. Anybody may tell anything of any pseudonym: what is served is only
 * what the policy on the ledger names by its hash, which is the patient's own signature.
 */
export class Directories {
  readonly #db: Database
  readonly #clock: Clock
  readonly #pins: Pins

  constructor(db: Database, clock: Clock, pins: Pins) {
    this.#db = db
    this.#clock = clock
    this.#pins = pins
  }

  /** Keeps the former one too: it counts until the ledger has the new policy. @throws CarekeyError `record-missing` */
  async put(owner: Account, directory: EmergencyDirectory): Promise<void> {
    const root = parseCid(directory.summary.cid).multihash.bytes
    const holders = holdersHashOf(directory)
    await this.#db.transaction(async () => {
      if (!(await this.#pins.isPinned(owner, root))) {
        throw new CarekeyError('record-missing', 'Pin the summary before you tell of it.')
      }
      await this.#db.run(
        'INSERT INTO emergencies VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
        directory.patient,
        holders,
        owner,
        JSON.stringify(directory),
        this.#clock(),
      )
      await this.#db.run(
        `DELETE FROM emergencies WHERE owner = ? AND holders NOT IN (
           SELECT holders FROM emergencies WHERE owner = ? ORDER BY created_ms DESC, holders LIMIT ?)`,
        owner,
        owner,
        relayLimits.emergenciesPerAccount,
      )
    })
  }

  /** Harmless where there is none. */
  async drop(owner: Account, patient: Pseudonym): Promise<void> {
    await this.#db.run('DELETE FROM emergencies WHERE owner = ? AND patient = ?', owner, patient)
  }

  /** What was told under this hash, as long as its summary is pinned. */
  async find(patient: Pseudonym, holders: `0x${string}`): Promise<KeptDirectory | null> {
    const rows = await this.#db.all<{ owner: Account; directory: string }>(
      'SELECT owner, directory FROM emergencies WHERE patient = ? AND holders = ? ORDER BY created_ms LIMIT ?',
      patient,
      holders,
      relayLimits.mappingsPerGrant,
    )
    for (const { owner, directory: text } of rows) {
      const directory = emergencyDirectorySchema.parse(JSON.parse(text))
      if (await this.#pins.isPinned(owner, parseCid(directory.summary.cid).multihash.bytes)) {
        return { owner, directory }
      }
    }
    return null
  }
}
