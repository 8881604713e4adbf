import type { CID } from 'multiformats/cid'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { type ProvenGrant, provenGrantSchema } from '../../shared/protocol/grant.ts'
import {
  type GrantId,
  type OrganizationId,
  organizationIdSchema,
  type PractitionerId,
  type Pseudonym,
  practitionerIdSchema,
  pseudonymSchema,
} from '../../shared/protocol/ids.ts'
import type { GrantMapping } from '../../shared/protocol/relay-api.ts'
import type { Clock } from '../clock.ts'
import type { Account } from '../identity/tokens.ts'
import { relayLimits } from '../limits.ts'
import type { Pins } from '../pinning/pins.ts'
import { parseCid } from '../storage/cid.ts'
import type { Database } from '../storage/database.ts'

/** Which grant an owner has told to open which pins. */
export interface Mapping {
  grantId: GrantId
  owner: Account
  patient: Pseudonym
  grantee: OrganizationId
  /** A closed mapping opens nothing; it is kept so that a refusal can say why. */
  closed: boolean
  /** Of a grant that came to the ledger in a batch, as this owner says. */
  proven: ProvenGrant | null
  /** Who asked, as this owner says. */
  practitioner: PractitionerId | null
}

interface MappingRow {
  owner: Account
  patient: string
  grantee: string
  closed: number
  proven: string | null
  practitioner: string | null
}

/**
 * Grants as their owners have mapped them. A grant's id is public on the ledger, so a stranger can map their own pins to it: each owner has their
 * own mapping, which opens their own pins and nothing else.
 */
export class Mappings {
  readonly #db: Database
  readonly #clock: Clock
  readonly #pins: Pins

  constructor(db: Database, clock: Clock, pins: Pins) {
    this.#db = db
    this.#clock = clock
    this.#pins = pins
  }

  /** Replaces what the owner had mapped to this grant. @throws CarekeyError `record-missing`, `quota-exceeded` */
  async put(owner: Account, grantId: GrantId, mapping: GrantMapping): Promise<void> {
    const roots = [mapping.manifest, ...mapping.cids].map((text) => parseCid(text).multihash.bytes)
    await this.#db.transaction(async () => {
      for (const root of roots) if (!(await this.#pins.isPinned(owner, root))) throw notPinned()
      const count = await this.#db.one<{ count: number }>(
        'SELECT count(*) AS count FROM mappings WHERE owner = ?',
        owner,
      )
      if ((count?.count ?? 0) >= relayLimits.mappingsPerAccount) {
        throw new CarekeyError('quota-exceeded', 'This account has mapped too many grants.')
      }
      const { grant } = mapping
      await this.#db.run('DELETE FROM mapping_roots WHERE grant_id = ? AND owner = ?', grantId, owner)
      await this.#db.run(
        // Its place among other owners' stays: what comes later must not push it out of those that are looked at.
        `INSERT INTO mappings (grant_id, owner, patient, grantee, created_ms, closed, proven, practitioner)
         VALUES (?, ?, ?, ?, ?, 0, ?, ?)
         ON CONFLICT (grant_id, owner) DO UPDATE SET
         closed = 0, proven = excluded.proven, practitioner = excluded.practitioner`,
        grantId,
        owner,
        grant.patient,
        grant.grantee,
        this.#clock(),
        mapping.batch ? JSON.stringify(provenOf(grant, mapping.batch)) : null,
        mapping.practitioner ?? null,
      )
      for (const root of roots) {
        await this.#db.run(
          'INSERT INTO mapping_roots VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
          grantId,
          owner,
          root,
        )
      }
    })
  }

  /** False when the owner has no such mapping. */
  close(owner: Account, grantId: GrantId): Promise<boolean> {
    return this.#db.transaction(async () => {
      await this.#db.run('DELETE FROM mapping_roots WHERE grant_id = ? AND owner = ?', grantId, owner)
      const closed = await this.#db.run(
        'UPDATE mappings SET closed = 1 WHERE grant_id = ? AND owner = ?',
        grantId,
        owner,
      )
      return closed > 0
    })
  }

  /** Every owner's mapping of a grant, oldest first. */
  async of(grantId: GrantId): Promise<Mapping[]> {
    const rows = await this.#db.all<MappingRow>(
      'SELECT owner, patient, grantee, closed, proven, practitioner FROM mappings WHERE grant_id = ? ORDER BY created_ms LIMIT ?',
      grantId,
      relayLimits.mappingsPerGrant,
    )
    return rows.map((row) => ({
      grantId,
      owner: row.owner,
      patient: pseudonymSchema.parse(row.patient),
      grantee: organizationIdSchema.parse(row.grantee),
      closed: row.closed === 1,
      proven: row.proven === null ? null : provenGrantSchema.parse(JSON.parse(row.proven)),
      practitioner: row.practitioner === null ? null : practitionerIdSchema.parse(row.practitioner),
    }))
  }

  /** Whether a block lies under a root that this mapping opens and its owner still pins. */
  async opens(mapping: Mapping, cid: CID): Promise<boolean> {
    const found = await this.#db.one(
      `SELECT 1 FROM mapping_roots
         JOIN pins ON pins.account = mapping_roots.owner AND pins.root = mapping_roots.root AND pins.status = 'pinned'
         JOIN pin_blocks ON pin_blocks.requestid = pins.requestid
       WHERE mapping_roots.grant_id = ? AND mapping_roots.owner = ? AND pin_blocks.multihash = ? LIMIT 1`,
      mapping.grantId,
      mapping.owner,
      cid.multihash.bytes,
    )
    return found !== null
  }
}

const provenOf = (
  grant: GrantMapping['grant'],
  { signature, ...batch }: NonNullable<GrantMapping['batch']>,
): ProvenGrant => ({ grant, signature, batch })

const notPinned = () =>
  new CarekeyError('record-missing', 'Pin every record and the manifest before you map them to a grant.')
