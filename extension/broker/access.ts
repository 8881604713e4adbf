import { randomSalt } from '../../shared/crypto/commit.ts'
import {
  type Decision,
  decisionTypedData,
  type SignedDecision,
} from '../../shared/protocol/access-request.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { grantIdOf, grantTypedData, type SignedGrant, scopeHashOf } from '../../shared/protocol/grant.ts'
import { hash32Schema, requestIdSchema } from '../../shared/protocol/ids.ts'
import { limits as wire } from '../../shared/protocol/limits.ts'
import type { GrantedAccess } from '../../shared/protocol/provider.ts'
import { introduce, ownerToken, requireConnection } from './accounts.ts'
import { toBase64 } from './base64.ts'
import { requireAccredited } from './check/organization.ts'
import type { Kind, Report } from './kind.ts'
import { limits } from './limits.ts'
import { sealManifest } from './manifest.ts'
import type { StoredRecord, World } from './ports.ts'
import type { AccessWork, StoredAccess } from './queue/request.ts'
import { categoriesOf, isNarrowed, matching } from './selection.ts'
import { isPassing, submitAct } from './sponsor.ts'

/** An access request (protocol, section 5.3). Every part is stored before the next step uses it. */
export function accessKind(world: World): Kind<StoredAccess> {
  return {
    check: async () => ({}),
    async approve(request, { access }) {
      const asked = request.signed.request
      if (!access) throw new CarekeyError('params-invalid', 'Choose the records that you want to open.')
      const offered = new Set(
        matching(await world.tables.records.all(), asked).map((record) => record.commitment),
      )
      const commitments = [...new Set(access.commitments)]
      const widened = commitments.some((commitment) => !offered.has(commitment))
      const { durationSeconds } = access
      if (
        widened ||
        durationSeconds > asked.durationSeconds ||
        durationSeconds < wire.grantDurationMinSeconds
      ) {
        throw new CarekeyError(
          'params-invalid',
          'A permission can be made smaller than what was asked, not larger.',
        )
      }
      return { commitments, durationSeconds, unsigned: null, signature: null, manifest: null, decision: null }
    },
    refuse: (request, outcome) => decide(world, request, outcome, null),
    async work(request, report) {
      try {
        return await new AccessSteps(world, request, report).run()
      } catch (error) {
        if (!isPassing(error)) await giveUp(world, request)
        throw error
      }
    },
  }
}

async function decide(
  { vault, network, now }: World,
  request: StoredAccess,
  outcome: Decision['outcome'],
  grant: Decision['grant'],
): Promise<SignedDecision> {
  const decision = { request: requestIdSchema.parse(request.id), outcome, grant, decidedAt: now() }
  return {
    decision,
    signature: await vault.signAs(request.organization, decisionTypedData(network, decision)),
  }
}

/**
 * The ledger will not have it now. Whoever was handed the signature could try again until its deadline, so that neither
 * the relay nor our own node may serve for it any more.
 */
async function giveUp(world: World, request: StoredAccess): Promise<void> {
  for (const stored of await world.tables.grants.all()) {
    if (stored.request !== request.id || stored.status !== 'submitting') continue
    await world.tables.grants.put(stored.grantId, { ...stored, status: 'failed' })
    await ownerToken(world, stored.relay)
      .then((token) => world.relay(stored.relay).deleteGrant(token, stored.grantId))
      .catch(() => undefined)
  }
}

class AccessSteps {
  readonly #world: World
  readonly #request: StoredAccess
  readonly #report: Report
  readonly #relay: string
  #work: AccessWork

  constructor(world: World, request: StoredAccess, report: Report) {
    if (request.state.name !== 'working')
      throw new CarekeyError('internal', 'Nobody has approved this request.')
    this.#world = world
    this.#request = request
    this.#report = report
    this.#work = request.state.work
    this.#relay = request.via.kind === 'inbox' ? request.via.relay : (world.network.relays[0] ?? '')
  }

  async run(): Promise<GrantedAccess> {
    const records = await this.#records()
    const grant = await this.#sign(records)
    const grantId = grantIdOf(this.#world.network, grant.grant)
    const manifest = await this.#manifest(grant, records)
    await this.#remember(grant, manifest)
    await this.#publish(grant, manifest, records)
    const signed = await this.#decision(grantId)
    this.#world.backUp()
    return { ...signed, grant, grantId, manifest, relay: this.#relay }
  }

  async #save(label: string, done: number, change: Partial<AccessWork>): Promise<void> {
    this.#work = { ...this.#work, ...change }
    await this.#report(label, done, this.#work)
  }

  async #records(): Promise<StoredRecord[]> {
    const found = await Promise.all(this.#work.commitments.map((one) => this.#world.tables.records.get(one)))
    const records = found.filter((record) => record !== undefined)
    if (records.length < found.length) {
      throw new CarekeyError(
        'record-missing',
        'A record that you chose is no longer there. Ask them to ask again.',
      )
    }
    return records
  }

  /** Stored unsigned first: should we die in between, the same bytes are signed, and so the same grant is made. */
  async #sign(records: StoredRecord[]): Promise<SignedGrant> {
    const { vault, network, ledger } = this.#world
    const asked = this.#request.signed.request
    if (!this.#work.unsigned) {
      const now = await ledger.time()
      if (asked.deadline < now) {
        throw new CarekeyError('request-expired', 'This request has run out. Ask them to ask again.')
      }
      // It may have been suspended while the request waited.
      await requireAccredited(ledger, asked.organization, now)
      const scope = {
        version: 1 as const,
        categories: categoriesOf(records, asked.categories),
        period: asked.period,
        commitments: this.#work.commitments,
        salt: hash32Schema.parse(randomSalt()),
      }
      const grant = {
        patient: asked.patient,
        grantee: asked.organization,
        purpose: asked.purpose,
        notBefore: now,
        notAfter: now + this.#work.durationSeconds,
        scopeHash: scopeHashOf(scope),
        deadline: now + limits.grantDeadlineSeconds,
      }
      await this.#save('Writing the permission', 0.1, { unsigned: { scope, grant } })
    }
    const grant = this.#unsigned().grant
    if (!this.#work.signature) {
      const signature = await vault.signAs(asked.organization, grantTypedData(network, grant))
      await this.#save('Signing for you', 0.2, { signature })
    }
    const { signature } = this.#work
    if (!signature) throw new CarekeyError('internal', 'The permission was not signed.')
    return { grant, signature }
  }

  #unsigned(): NonNullable<AccessWork['unsigned']> {
    if (!this.#work.unsigned) throw new CarekeyError('internal', 'The permission was not written.')
    return this.#work.unsigned
  }

  async #manifest(grant: SignedGrant, records: StoredRecord[]) {
    if (this.#work.manifest) return this.#work.manifest
    const { scope } = this.#unsigned()
    const grantId = grantIdOf(this.#world.network, grant.grant)
    const sealed = await sealManifest(this.#world, grant.grant.grantee, { grant, grantId, scope, records })
    const { cid } = await this.#world.node.call('node.put', { bytes: toBase64(sealed) })
    await this.#save('Locking the list of records for them', 0.35, { manifest: cid })
    return cid
  }

  async #remember(signed: SignedGrant, manifest: GrantedAccess['manifest']): Promise<void> {
    const { tables, network, now } = this.#world
    const grantId = grantIdOf(network, signed.grant)
    if (await tables.grants.get(grantId)) return
    const { voucher } = await requireConnection(this.#world, signed.grant.grantee)
    if (!voucher) throw new CarekeyError('voucher-required', 'This organization has not vouched for you yet.')
    await tables.grants.put(grantId, {
      grantId,
      signed,
      request: requestIdSchema.parse(this.#request.id),
      scope: this.#unsigned().scope,
      manifest,
      commitments: this.#work.commitments,
      relay: this.#relay,
      voucher,
      status: 'submitting',
      createdAt: now(),
    })
  }

  async #publish(signed: SignedGrant, manifest: GrantedAccess['manifest'], records: StoredRecord[]) {
    const world = this.#world
    const { patient, grantee } = signed.grant
    const grantId = grantIdOf(world.network, signed.grant)
    const stored = await world.tables.grants.get(grantId)
    // Revoked while it was on its way: then it must never be submitted.
    if (stored?.status !== 'submitting' && stored?.status !== 'active') {
      throw new CarekeyError('grant-revoked', 'You have taken this permission back.')
    }
    await this.#report('Storing the list safely', 0.5, this.#work)
    await introduce(world, this.#relay, await requireConnection(world, grantee))
    const token = await ownerToken(world, this.#relay)
    await world.node.call('node.pin', { cid: manifest, name: 'manifest', relay: this.#relay, token })
    const cids = records.map((record) => record.cid)
    await world.relay(this.#relay).putGrant(token, grantId, { grant: signed.grant, manifest, cids })
    await this.#report('Writing it into the public register', 0.7, this.#work)
    const isThere = async () => (await world.ledger.grantState(patient, grantId)).grantedAt !== 0
    const act = { kind: 'grant' as const, ...signed, voucher: stored.voucher }
    const { status } = await submitAct(world, this.#relay, act, isThere)
    if (status === 'waiting') {
      throw new CarekeyError(
        'ledger-unreachable',
        'The public register has not confirmed it yet. Carekey goes on trying.',
      )
    }
    const now = await world.tables.grants.get(grantId)
    if (now?.status === 'submitting') await world.tables.grants.put(grantId, { ...now, status: 'active' })
  }

  async #decision(grantId: GrantedAccess['grantId']): Promise<SignedDecision> {
    if (this.#work.decision) return this.#work.decision
    const { request } = this.#request.signed
    const records = matching(await this.#world.tables.records.all(), request)
    const narrowed = isNarrowed({ records, durationSeconds: request.durationSeconds }, this.#work)
    const signed = await decide(this.#world, this.#request, narrowed ? 'narrowed' : 'approved', grantId)
    await this.#save('Telling them', 0.95, { decision: signed })
    return signed
  }
}
