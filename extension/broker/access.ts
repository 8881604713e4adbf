import type { Organization } from '../../shared/contracts/organizations.ts'
import { randomSalt } from '../../shared/crypto/commit.ts'
import {
  type Decision,
  decisionTypedData,
  type SignedDecision,
} from '../../shared/protocol/access-request.ts'
import { toBase64 } from '../../shared/protocol/base64.ts'
import type { Inclusion } from '../../shared/protocol/batch.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import {
  grantIdOf,
  grantTypedData,
  type ProvenGrant,
  type SignedGrant,
  scopeHashOf,
} from '../../shared/protocol/grant.ts'
import {
  type CidText,
  type GrantId,
  hash32Schema,
  type PractitionerId,
  requestIdSchema,
} from '../../shared/protocol/ids.ts'
import { limits as wire } from '../../shared/protocol/limits.ts'
import type { GrantedAccess } from '../../shared/protocol/provider.ts'
import { introduce, ownerToken, requireConnection } from './accounts.ts'
import { requireAccreditation } from './check/organization.ts'
import { requirePractitioner } from './check/practitioner.ts'
import { activateGrant, giveUpGrant, keepProof, mappingOf } from './grants.ts'
import type { Kind, Report } from './kind.ts'
import { limits } from './limits.ts'
import { type ManifestContent, sealManifest } from './manifest.ts'
import type { StoredGrant, StoredRecord, World } from './ports.ts'
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
      const shown = matching(await world.tables.records.all(), asked)
      const offered = new Set(shown.map((record) => record.commitment))
      const commitments = [...new Set(access.commitments)]
      const widened = commitments.some((commitment) => !offered.has(commitment))
      const { durationSeconds } = access
      if (
        widened ||
        durationSeconds > asked.durationSeconds ||
        durationSeconds < wire.grantDurationMinSeconds
      ) {
        throw new CarekeyError('params-invalid', 'You can share less than what was asked, not more.')
      }
      // Judged by what is shown now: a record that is saved later was never asked for.
      const narrowed = isNarrowed(
        { records: shown, durationSeconds: asked.durationSeconds },
        { commitments, durationSeconds },
      )
      const nothingYet = { unsigned: null, signature: null, manifest: null, decision: null }
      return { commitments, durationSeconds, narrowed, ...nothingYet }
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

async function giveUp(world: World, request: StoredAccess): Promise<void> {
  for (const stored of await world.tables.grants.all()) {
    if (stored.request === request.id && stored.status === 'submitting') await giveUpGrant(world, stored)
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

  /** Who asked inside the organization, by whose accreditation the sharing then stands and falls. */
  get #practitioner(): PractitionerId | undefined {
    return this.#request.signed.practitionerSignature?.id
  }

  async run(): Promise<GrantedAccess> {
    const { network, ledger, tables } = this.#world
    const { organization: id } = this.#request.signed.request
    // Begun at once, awaited where the first step needs it.
    const signingIn = this.#signIn()
    signingIn.catch(() => undefined)
    const [records, time, organization] = await Promise.all([
      this.#records(),
      ledger.time(),
      ledger.organization(id),
    ])
    const grant = await this.#sign(records, time, organization)
    const grantId = grantIdOf(network, grant.grant)
    const [known, manifest] = await Promise.all([
      tables.grants.get(grantId),
      this.#manifest({ grant, grantId, records }, organization),
    ])
    // Revoked while it was on its way: then it must never be submitted.
    if (known && known.status !== 'submitting' && known.status !== 'active') {
      throw new CarekeyError('grant-revoked', 'You have stopped this sharing.')
    }
    const token = await signingIn
    const pin = { cid: manifest, name: 'manifest', relay: this.#relay, token }
    const [stored, isGranted] = await Promise.all([
      known ?? this.#remember(grant, manifest),
      this.#isGranted(known?.signed ?? grant),
      this.#world.node.call('node.pin', pin),
      this.#report('Storing the list safely', 0.5, this.#work),
    ])
    const cids = records.map((record) => record.cid)
    const map = (proven: ProvenGrant) =>
      this.#world
        .relay(this.#relay)
        .putGrant(token, grantId, { ...mappingOf(proven, manifest, cids), ...this.#byPractitioner() })
    await map(stored.signed)
    if (!isGranted) await this.#submit(stored)
    const { signed: proven } = (await tables.grants.get(grantId)) ?? stored
    if (proven.batch && !stored.signed.batch) await map(proven)
    const [signed] = await Promise.all([this.#decision(grantId), activateGrant(this.#world, grantId)])
    this.#world.backUp()
    return { ...signed, grant: proven, grantId, manifest, relay: this.#relay }
  }

  #byPractitioner() {
    return this.#practitioner ? { practitioner: this.#practitioner } : {}
  }

  async #save(label: string, done: number, change: Partial<AccessWork>): Promise<void> {
    this.#work = { ...this.#work, ...change }
    await this.#report(label, done, this.#work)
  }

  /** The token of who owns this vault's pins, whom the organization has vouched for. */
  async #signIn(): Promise<string> {
    const connection = await requireConnection(this.#world, this.#request.organization)
    await introduce(this.#world, this.#relay, connection)
    return await ownerToken(this.#world, this.#relay)
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
  async #sign(records: StoredRecord[], now: number, organization: Organization | null): Promise<SignedGrant> {
    const { vault, network } = this.#world
    const asked = this.#request.signed.request
    if (!this.#work.unsigned) {
      if (asked.deadline < now) {
        throw new CarekeyError('request-expired', 'This request has run out. Ask them to ask again.')
      }
      // It may have been suspended while the request waited.
      requireAccreditation(organization, now)
      if (this.#practitioner) {
        await requirePractitioner(this.#world.ledger, asked.organization, this.#practitioner, now)
      }
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
      await this.#save('Writing down what you share', 0.1, { unsigned: { scope, grant } })
    }
    const grant = this.#unsigned().grant
    if (!this.#work.signature) {
      const signature = await vault.signAs(asked.organization, grantTypedData(network, grant))
      await this.#save('Signing for you', 0.2, { signature })
    }
    const { signature } = this.#work
    if (!signature) throw new CarekeyError('internal', 'The sharing was not signed.')
    return { grant, signature }
  }

  #unsigned(): NonNullable<AccessWork['unsigned']> {
    if (!this.#work.unsigned) throw new CarekeyError('internal', 'The sharing was not written.')
    return this.#work.unsigned
  }

  async #manifest(content: Omit<ManifestContent, 'scope'>, organization: Organization | null) {
    if (this.#work.manifest) return this.#work.manifest
    if (!organization)
      throw new CarekeyError('organization-unknown', 'Nobody has accredited this organization.')
    const { scope } = this.#unsigned()
    const sealed = await sealManifest(this.#world, organization.recipient, {
      ...content,
      scope,
      ...this.#byPractitioner(),
    })
    const { cid } = await this.#world.node.call('node.put', { bytes: toBase64(sealed) })
    await this.#save('Locking the list of records for them', 0.35, { manifest: cid })
    return cid
  }

  async #remember(signed: SignedGrant, manifest: CidText): Promise<StoredGrant> {
    const { tables, network, now } = this.#world
    const grantId = grantIdOf(network, signed.grant)
    const { voucher } = await requireConnection(this.#world, signed.grant.grantee)
    if (!voucher) throw new CarekeyError('voucher-required', 'This organization has not vouched for you yet.')
    const stored: StoredGrant = {
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
      ...this.#byPractitioner(),
    }
    await tables.grants.put(grantId, stored)
    return stored
  }

  async #isGranted(grant: ProvenGrant): Promise<boolean> {
    return (await this.#world.ledger.provenGrant(grant)).grantedAt !== 0
  }

  async #submit({ grantId, signed, voucher }: StoredGrant): Promise<void> {
    const { grant, signature } = signed
    const act = { kind: 'grant' as const, grant, signature, voucher }
    const isThere = async () =>
      this.#isGranted((await this.#world.tables.grants.get(grantId))?.signed ?? signed)
    const keep = (batch: Inclusion) => keepProof(this.#world, grantId, batch)
    const [{ status }] = await Promise.all([
      submitAct(this.#world, this.#relay, act, isThere, { wasThere: false, keep }),
      this.#report('Writing it on the ledger', 0.7, this.#work),
    ])
    if (status === 'waiting') {
      throw new CarekeyError(
        'ledger-unreachable',
        'The ledger has not confirmed it yet. Carekey goes on trying.',
      )
    }
  }

  async #decision(grantId: GrantId): Promise<SignedDecision> {
    if (this.#work.decision) return this.#work.decision
    const outcome = this.#work.narrowed ? 'narrowed' : 'approved'
    const signed = await decide(this.#world, this.#request, outcome, grantId)
    await this.#save('Telling them', 0.95, { decision: signed })
    return signed
  }
}
