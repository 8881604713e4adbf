import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  encodeEmergencyOpening,
  encodeEmergencyPolicy,
  encodeEmergencyReview,
  encodeEmergencyVeto,
} from '../../shared/contracts/emergency.ts'
import { submit } from '../../shared/contracts/submit.ts'
import {
  registerTestMedic,
  signTestOpening,
  signTestPolicy,
  type TestPractitioner,
} from '../../shared/contracts/test-emergency.ts'
import { newPatient, startTestLedger, type TestLedger } from '../../shared/contracts/test-ledger.ts'
import { randomSalt } from '../../shared/crypto/commit.ts'
import { pseudonymSchema } from '../../shared/protocol/ids.ts'
import type { Network } from '../../shared/protocol/network.ts'
import { guardianNoteSchema } from '../emergency-snapshots.ts'
import { caseViews } from './cases.ts'
import { emergencyLedgerOf } from './ledger.ts'
import type { LogLine, Table, World } from './ports.ts'
import { guardianTree } from './prepare.ts'
import { exportVeto, finishVetoes, guard, veto } from './veto.ts'
import { watch } from './watch.ts'

// Watching and vetoing against a real ledger; preparing is walked in the journey, with real holders.

let chain: TestLedger
let medic: TestPractitioner
beforeAll(async () => {
  chain = await startTestLedger()
  medic = await registerTestMedic(chain)
}, 60_000)
afterAll(() => chain.stop())

function memoryTable<T>(): Table<T> {
  const rows = new Map<string, T>()
  return {
    get: async (id) => rows.get(id),
    put: async (id, value) => void rows.set(id, value),
    delete: async (id) => void rows.delete(id),
    all: async () => [...rows.values()],
  }
}

/** Somebody's Carekey, as far as it watches and vetoes. */
function person() {
  const [own, guardian] = [newPatient(), newPatient()]
  const lines: LogLine[] = []
  const told: string[] = []
  let watched: unknown
  let state: 'locked' | 'unlocked' = 'unlocked'
  const network: Network = {
    name: 'test',
    ...chain.deployed,
    rpcUrl: chain.rpcUrl,
    confirmations: 0,
    relays: ['https://relay.example'],
  }
  const unused = async (): Promise<never> => {
    throw new Error('Not a part of these tests.')
  }
  const world: World = {
    network,
    vault: {
      state: () => state,
      touch: unused,
      signAs: unused,
      emergencyPseudonym: async () => pseudonymSchema.parse(own.address),
      signAsEmergency: (data) => own.signTypedData(data),
      emergencyRecipient: unused,
      openEmergency: unused,
      guardianAccount: async () => pseudonymSchema.parse(guardian.address),
      signAsGuardian: (data) => guardian.signTypedData(data),
      createStorageHeader: unused,
    },
    ledger: emergencyLedgerOf(network),
    relay: () => {
      throw new Error('There is no relay.')
    },
    tables: {
      emergencies: memoryTable(),
      vetoes: memoryTable(),
      guardianships: memoryTable(),
      connections: memoryTable(),
    },
    log: { append: async (line) => void lines.push(line), all: async () => lines },
    watched: {
      read: async () => watched,
      write: async (value) => {
        watched = value
      },
    },
    put: unused,
    pin: unused,
    drop: unused,
    ownerToken: unused,
    introduce: unused,
    async submit(_relay, act, isThere) {
      if (act.kind !== 'veto') throw new Error('Only vetoes here.')
      await submit(chain.wallet, encodeEmergencyVeto(chain.deployed, act.veto))
      return { status: (await isThere()) ? 'mined' : 'waiting' }
    },
    organizationView: async (id) => ({
      id,
      name: 'St. Brigid Hospital',
      origin: null,
      standing: 'accredited',
      validUntil: null,
      connectedAt: null,
    }),
    records: async () => [],
    readRecord: unused,
    notify: async ({ id }) => void told.push(id),
    now: () => Math.floor(Date.now() / 1_000),
    changed: () => undefined,
    backUp: () => undefined,
  }
  const setState = (next: typeof state) => {
    state = next
  }
  return { world, own, guardian, lines, told, setState }
}

async function statesPolicy(
  { own }: ReturnType<typeof person>,
  guardians: Parameters<typeof guardianTree>[0] = [],
) {
  const root = guardianTree(guardians)?.root ?? null
  await submit(
    chain.wallet,
    encodeEmergencyPolicy(chain.deployed, await signTestPolicy(chain, own, { guardians: root })),
  )
}

async function isOpenedFor({ own }: ReturnType<typeof person>) {
  const opened = await signTestOpening(chain, medic, own)
  await submit(chain.wallet, encodeEmergencyOpening(chain.deployed, opened))
  return opened
}

test('whose vault is locked is told of a case all the same, once, and finds it noted after unlocking', async () => {
  const patient = person()
  await watch(patient.world)
  patient.setState('locked')
  await statesPolicy(patient)
  await watch(patient.world)
  expect(patient.told).toEqual([])
  const { id } = await isOpenedFor(patient)
  await watch(patient.world)
  await watch(patient.world)
  expect(patient.told).toEqual([`emergency-${id}`])
  expect(patient.lines).toEqual([])
  patient.setState('unlocked')
  await watch(patient.world)
  await watch(patient.world)
  expect(patient.told).toHaveLength(1)
  expect(patient.lines.map(({ event, details }) => [event, details.case])).toEqual([['emergency-opened', id]])
  expect(patient.lines[0]?.text).toBe(
    'An emergency practitioner of St. Brigid Hospital used your emergency card. You could not be asked.',
  )
})

test('the patient stops a case, and is told of its review', async () => {
  const patient = person()
  await statesPolicy(patient)
  const { id, opening } = await isOpenedFor(patient)
  expect(await caseViews(patient.world)).toMatchObject([{ id, state: 'waiting', of: null, review: null }])
  await veto(patient.world, id)
  expect(await caseViews(patient.world)).toMatchObject([{ id, state: 'vetoed' }])
  const review = encodeEmergencyReview(chain.deployed, opening.patient, id, {
    justified: false,
    findingsHash: randomSalt(),
  })
  await submit(chain.wallet, review)
  await watch(patient.world)
  expect(patient.lines.map(({ event }) => event)).toEqual([
    'emergency-vetoed',
    'emergency-opened',
    'emergency-reviewed',
  ])
  expect(await caseViews(patient.world)).toMatchObject([{ review: { justified: false } }])
})

test('a guardian with their note is told, and stops the case; a stranger’s note is refused', async () => {
  const [patient, friend, stranger] = [person(), person(), person()]
  const named = {
    name: 'Otto Lemke',
    address: await friend.world.vault.guardianAccount(),
    salt: randomSalt(),
  }
  const other = { ...named, address: pseudonymSchema.parse(newPatient().address) }
  await statesPolicy(patient, [named, other])
  const note = guardianNoteSchema.parse({
    carekey: 'guardian',
    chainId: chain.deployed.chainId,
    name: 'Elvina Lemke',
    patient: patient.own.address,
    guardian: named.address,
    salt: named.salt,
    proof: guardianTree([named, other])?.inclusions[0]?.proof,
  })
  await expect(guard(stranger.world, JSON.stringify(note))).rejects.toMatchObject({
    reason: 'patient-mismatch',
  })
  await expect(guard(friend.world, '{"carekey":"guardian"}')).rejects.toMatchObject({
    reason: 'params-invalid',
  })
  await guard(friend.world, JSON.stringify(note))
  const { id } = await isOpenedFor(patient)
  await watch(friend.world)
  expect(friend.told).toEqual([`emergency-${id}`])
  expect(await caseViews(friend.world)).toMatchObject([{ id, of: 'Elvina Lemke', state: 'waiting' }])
  await veto(friend.world, id)
  expect(await caseViews(patient.world)).toMatchObject([{ id, state: 'vetoed' }])
})

test('a veto that was only exported is not submitted by itself; one that was asked for is', async () => {
  const patient = person()
  await statesPolicy(patient)
  const { id } = await isOpenedFor(patient)
  const { json } = await exportVeto(patient.world, id)
  expect(JSON.parse(json)).toMatchObject({
    chainId: chain.deployed.chainId,
    veto: { opening: id, guardian: null },
  })
  await finishVetoes(patient.world)
  expect(await caseViews(patient.world)).toMatchObject([{ state: 'waiting', vetoing: true }])
  await patient.world.log.append({
    event: 'emergency-vetoed',
    organization: null,
    text: '',
    details: { case: id },
  })
  await finishVetoes(patient.world)
  expect(await caseViews(patient.world)).toMatchObject([{ state: 'vetoed' }])
})
