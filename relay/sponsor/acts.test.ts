import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeApproveSupport, readSupporters, readVotes } from '../../shared/contracts/attestations.ts'
import { encodeSuspend } from '../../shared/contracts/authority.ts'
import { readDispute } from '../../shared/contracts/disputes.ts'
import { readEmergencyCase, readEmergencyTerms } from '../../shared/contracts/emergency.ts'
import { readGrantState } from '../../shared/contracts/grants.ts'
import { readPublishedUntil } from '../../shared/contracts/statistics.ts'
import { submit } from '../../shared/contracts/submit.ts'
import {
  nameTestSupporters,
  signTestDeposit,
  signTestVote,
} from '../../shared/contracts/test-attestations.ts'
import { signTestCandidacy } from '../../shared/contracts/test-credits.ts'
import {
  registerTestMedic,
  signTestOpening,
  signTestPolicy,
  signTestVeto,
} from '../../shared/contracts/test-emergency.ts'
import {
  newPatient,
  signTestAnchor,
  signTestGrant,
  signTestRevocation,
  type TestOrganization,
} from '../../shared/contracts/test-ledger.ts'
import { type Naming, namingTypedData } from '../../shared/protocol/attestation.ts'
import {
  type Delegation,
  delegationIdOf,
  delegationRevocationTypedData,
  delegationTypedData,
} from '../../shared/protocol/delegation.ts'
import { type Dispute, disputeTypedData, tombstoneTypedData } from '../../shared/protocol/dispute.ts'
import { guardianLeafOf } from '../../shared/protocol/emergency.ts'
import { grantTypedData } from '../../shared/protocol/grant.ts'
import {
  addressSchema,
  type GrantId,
  NO_HASH,
  type Pseudonym,
  pseudonymSchema,
} from '../../shared/protocol/ids.ts'
import { sponsoredStatusSchema } from '../../shared/protocol/relay-api.ts'
import { type Publication, publicationTypedData } from '../../shared/protocol/statistics.ts'
import { relayLimits } from '../limits.ts'
import { Metrics } from '../metrics.ts'
import { SqliteDatabase } from '../storage/sqlite.ts'
import { startTestNetwork, type TestNetwork } from '../testing/network.ts'
import { type RelayHere, signVoucher, startRelayHere } from '../testing/relay-here.ts'
import { describeAct } from './acts.ts'
import { LedgerOfActs } from './ledger-of-acts.ts'

let net: TestNetwork
let relay: RelayHere

beforeAll(async () => {
  net = await startTestNetwork()
  relay = await startRelayHere(net)
})
afterAll(async () => {
  await relay?.stop()
  await net?.stop()
})

const post = (act: unknown) => relay.anonymous.call('POST /sponsor', act)
const settled = async (act: unknown) => {
  const status = async () => (await post(act)).json(sponsoredStatusSchema)
  await expect.poll(async () => (await status()).status).not.toBe('submitted')
  return status()
}

async function signNaming(author: TestOrganization, changes: Partial<Naming>) {
  const { deployed, startedAt } = net.ledger
  const naming: Naming = {
    author: author.id,
    supporters: [],
    round: 1,
    deadline: startedAt + 3_600,
    ...changes,
  }
  return { naming, signature: await author.signer.signTypedData(namingTypedData(deployed, naming)) }
}

describe('the sponsor, of what organizations sign', () => {
  it('brings the naming of supporters to the ledger', async () => {
    const { ledger } = net
    const { lindqvist, stBrigid } = ledger
    await submit(ledger.wallet, encodeApproveSupport(ledger.deployed, lindqvist.id, stBrigid.id))
    const signed = await signNaming(lindqvist, { supporters: [stBrigid.id] })
    expect(await settled({ kind: 'naming', ...signed })).toMatchObject({ status: 'mined' })
    expect(await readSupporters(ledger.ledger, lindqvist.id)).toEqual({ supporters: [stBrigid.id], round: 1 })
  })

  it('opens a deposit and takes the votes on it', async () => {
    const { ledger } = net
    const [voter] = await nameTestSupporters(ledger, ['ostergard'])
    if (!voter) throw new Error('no voter')
    const { anchor } = await signTestAnchor(ledger, newPatient(), 'voted on')
    const { id, ...deposit } = await signTestDeposit(ledger, anchor)
    expect(await settled({ kind: 'deposit', ...deposit })).toMatchObject({ status: 'mined' })
    const vote = { kind: 'vote', ...(await signTestVote(ledger, voter, id, 'approve', 1)), index: 0 }
    expect(await settled(vote)).toMatchObject({ status: 'mined' })
    expect(await readVotes(ledger.ledger, id)).toMatchObject([{ voter: voter.id, choice: 'approve' }])
    const late = await signTestVote(ledger, voter, id, 'duplicate', 1)
    expect(await settled({ kind: 'vote', ...late, index: 0 })).toMatchObject({
      status: 'failed',
      reason: 'vote-superseded',
    })
  })

  it('pays for none that is suspended or unknown', async () => {
    const { ledger } = net
    const suspended = await ledger.accredit('Suspended Clinic', 'suspended.example')
    await submit(ledger.wallet, encodeSuspend(ledger.deployed, suspended.id))
    expect((await post({ kind: 'naming', ...(await signNaming(suspended, {})) })).reason).toBe(
      'organization-suspended',
    )
    const stranger = { ...suspended, id: ledger.lindqvist.id }
    expect(await settled({ kind: 'naming', ...(await signNaming(stranger, { round: 9 })) })).toMatchObject({
      status: 'failed',
    })
  })
})

describe('the sponsor, of emergencies', () => {
  async function statePolicy() {
    const { ledger } = net
    const [patient, guardian] = [newPatient(), newPatient()]
    const salt = `0x${'5a'.repeat(32)}` as const
    const root = guardianLeafOf(pseudonymSchema.parse(guardian.address), salt)
    const signed = await signTestPolicy(ledger, patient, { guardians: root })
    const voucher = await signVoucher(ledger, ledger.lindqvist, patient.address)
    const act = { kind: 'policy' as const, ...signed, voucher }
    return { patient, guardian, salt, act }
  }

  it('brings policy, opening and a guardian’s veto to the ledger', async () => {
    const { ledger } = net
    const { patient, guardian, salt, act } = await statePolicy()
    expect(await settled(act)).toMatchObject({ status: 'mined' })
    expect(await readEmergencyTerms(ledger.ledger, act.policy.patient)).toMatchObject({ round: 1 })
    const medic = await registerTestMedic(ledger)
    const { id, ...signed } = await signTestOpening(ledger, medic, patient)
    const opening = { kind: 'opening', ...signed, organizations: [], organization: ledger.stBrigid.id }
    expect((await post({ ...opening, organization: ledger.lindqvist.id })).reason).toBe('forbidden')
    expect(await settled(opening)).toMatchObject({ id, status: 'mined' })
    const stranger = await signTestVeto(ledger, newPatient(), signed.opening, id)
    expect(await settled({ kind: 'veto', veto: stranger })).toMatchObject({ status: 'failed' })
    const veto = await signTestVeto(ledger, guardian, signed.opening, id, { salt, proof: [] })
    expect(await settled({ kind: 'veto', veto })).toMatchObject({ status: 'mined' })
    expect(await readEmergencyCase(ledger.ledger, act.policy.patient, id)).toMatchObject({ state: 'vetoed' })
  })

  it('pays for a policy on the voucher of its own pseudonym only', async () => {
    const { ledger } = net
    const { act } = await statePolicy()
    const others = await signVoucher(ledger, ledger.lindqvist, newPatient().address)
    expect((await post({ ...act, voucher: others })).reason).toBe('patient-mismatch')
    const { voucher: _, ...unvouched } = act
    expect((await post(unvouched)).reason).toBe('params-invalid')
  })
})

describe('the sponsor, of what patients and their delegates sign', () => {
  const day = 24 * 60 * 60
  async function connected() {
    const patient = newPatient()
    const voucher = await signVoucher(net.ledger, net.ledger.lindqvist, patient.address)
    return { patient, subject: pseudonymSchema.parse(patient.address), voucher }
  }
  const isGranted = async (patient: Pseudonym, id: GrantId) =>
    (await readGrantState(net.ledger.ledger, patient, id)).grantedAt > 0

  it('replaces a grant by a narrower one', async () => {
    const { ledger } = net
    const { patient, subject, voucher } = await connected()
    const { id: former, ...grant } = await signTestGrant(ledger, patient)
    await settled({ kind: 'grant', ...grant, voucher })
    const { id, ...narrower } = await signTestGrant(ledger, patient, {
      notAfter: ledger.startedAt + day / 2,
    })
    const revocation = await signTestRevocation(ledger, patient, former)
    const act = { kind: 'replacement', revocation, ...narrower, voucher }
    expect(await settled(act)).toMatchObject({ id, status: 'mined' })
    expect(await isGranted(subject, id)).toBe(true)
    expect((await readGrantState(ledger.ledger, subject, former)).revokedAt).toBeGreaterThan(0)
  })

  it('lets a delegate decide, until the patient ends it', async () => {
    const { ledger } = net
    const { deployed, startedAt } = ledger
    const { patient, subject, voucher } = await connected()
    const carer = newPatient()
    const delegation: Delegation = {
      patient: subject,
      delegate: addressSchema.parse(carer.address),
      role: 'decide',
      notBefore: startedAt,
      notAfter: startedAt + 7 * day,
      deadline: startedAt + day,
    }
    const id = delegationIdOf(deployed, delegation)
    const signature = await patient.signTypedData(delegationTypedData(deployed, delegation))
    expect(await settled({ kind: 'delegation', delegation, signature, voucher })).toMatchObject({
      id,
      status: 'mined',
    })
    const { id: grantId, grant } = await signTestGrant(ledger, patient)
    const byCarer = await carer.signTypedData(grantTypedData(deployed, grant))
    const granting = { kind: 'delegated-grant', delegation: id, grant, signature: byCarer, voucher }
    expect(await settled(granting)).toMatchObject({ id: grantId, status: 'mined' })
    expect(await isGranted(subject, grantId)).toBe(true)

    const { deadline, signature: revoking } = await signTestRevocation(ledger, carer, grantId)
    const revocation = { delegation: id, patient: subject, grant: grantId, deadline, signature: revoking }
    expect((await settled({ kind: 'delegated-revocation', revocation, voucher })).status).toBe('mined')

    const end = { patient: subject, delegation: id, deadline: startedAt + day }
    const ending = await patient.signTypedData(delegationRevocationTypedData(deployed, end))
    const ended = { kind: 'delegation-revocation', revocation: { ...end, signature: ending }, voucher }
    expect((await settled(ended)).status).toBe('mined')
    const later = await signTestGrant(ledger, patient, { notAfter: startedAt + 2 * day })
    const tooLate = await carer.signTypedData(grantTypedData(deployed, later.grant))
    expect((await settled({ ...granting, grant: later.grant, signature: tooLate })).status).toBe('failed')
  })

  it('notes a dispute and a tombstone', async () => {
    const { ledger } = net
    const { deployed, startedAt } = ledger
    const { patient, subject, voucher } = await connected()
    const { commitment } = (await signTestAnchor(ledger, patient, 'disputed')).anchor
    const dispute: Dispute = {
      subject,
      commitment,
      reason: 'not-mine',
      reasonHash: NO_HASH,
      deadline: startedAt + day,
    }
    const signature = await patient.signTypedData(disputeTypedData(deployed, dispute))
    expect((await settled({ kind: 'dispute', dispute, signature, voucher })).status).toBe('mined')
    const stone = { subject, commitment, deadline: startedAt + day }
    const carved = await patient.signTypedData(tombstoneTypedData(deployed, stone))
    const tombstone = { ...stone, signature: carved }
    expect((await settled({ kind: 'tombstone', tombstone, voucher })).status).toBe('mined')
    expect(await readDispute(ledger.ledger, subject, commitment)).toMatchObject({ status: 'open' })
    const others = await signVoucher(ledger, ledger.lindqvist, newPatient().address)
    const refused = await post({
      kind: 'dispute',
      dispute: { ...dispute, reason: 'other' },
      signature,
      voucher: others,
    })
    expect(refused.reason).toBe('patient-mismatch')
  })
})

describe('the sponsor, of an organization’s counts and candidacy', () => {
  it('publishes the counts of a period that is over', async () => {
    const { ledger } = net
    const { deployed, startedAt, lindqvist } = ledger
    const day = 24 * 60 * 60
    const publication: Publication = {
      organization: lindqvist.id,
      from: startedAt - 60 * day,
      until: startedAt - 30 * day,
      rows: [{ category: 'laboratory', ageBand: 4, sex: 'female', records: 31, diagnoses: 12 }],
      deadline: startedAt + day,
    }
    const signature = await lindqvist.signer.signTypedData(publicationTypedData(deployed, publication))
    expect((await settled({ kind: 'statistics', publication, signature })).status).toBe('mined')
    expect(await readPublishedUntil(ledger.ledger, lindqvist.id)).toBe(publication.until)
  })

  it('lets it stand for a seat', async () => {
    const signed = await signTestCandidacy(net.ledger, net.ledger.lindqvist, newPatient().address)
    expect((await settled({ kind: 'candidacy', ...signed })).status).toBe('mined')
  })
})

describe('the budgets', () => {
  it('of a day stop each organization by itself, and never a veto or an opening', async () => {
    const { deployed, lindqvist } = net.ledger
    const db = SqliteDatabase.open(':memory:')
    const acts = new LedgerOfActs(db, Date.now, new Metrics())
    const signed = await signNaming(lindqvist, { round: 2 })
    const naming = describeAct(deployed, { kind: 'naming', ...signed })
    const fresh = (index: number) => ({
      ...naming,
      digest: `0x${index.toString(16).padStart(64, '0')}` as const,
    })
    const { organization } = relayLimits.sponsoredPerDay.act
    await acts.accept(fresh(0))
    await db.run('UPDATE spending SET acts = ? WHERE who = ?', organization - 1, lindqvist.id)
    await acts.accept(fresh(1))
    await expect(acts.accept(fresh(2))).rejects.toMatchObject({ reason: 'budget-spent' })
    await acts.accept({ ...fresh(2), kind: 'opening' })
    await acts.accept({ ...fresh(3), kind: 'veto', organization: NO_HASH })
    await acts.accept({ ...fresh(4), organization: net.ledger.stBrigid.id, subject: NO_HASH })
  })
})
