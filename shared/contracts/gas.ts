// What each act costs, measured on a fresh chain: `node shared/contracts/gas.ts [--json]`.
import { keccak256, stringToBytes } from 'viem'
import { encodeOpenDeposit, encodeVote } from './attestations.ts'
import { anchorLeafOf, batchOf, encodeAnchorBatch, encodeGrantBatch, grantLeafOf } from './batches.ts'
import { type Call, encodeAccess, encodeAnchor, encodeGrant, encodeRevocation } from './calls.ts'
import { encodeEmergencyOpening, encodeEmergencyPolicy } from './emergency.ts'
import { submit } from './submit.ts'
import { nameTestSupporters, signTestDeposit, signTestVote } from './test-attestations.ts'
import { registerTestMedic, signTestOpening, signTestPolicy } from './test-emergency.ts'
import {
  newPatient,
  signTestAccess,
  signTestAnchor,
  signTestGrant,
  signTestRevocation,
  startTestLedger,
} from './test-ledger.ts'

const batchLength = 100

/** Gas of one transaction each, of a batch per item; the next version of a record costs a look at the former one. */
export interface Gas {
  grant: number
  grantBatch100: number
  revoke: number
  revokeUnsubmitted: number
  logAccess: number
  anchor: number
  anchorNextVersion: number
  anchorBatch100: number
  vote: number
  emergencyOpen: number
}

export async function measureGas(): Promise<Gas> {
  const world = await startTestLedger()
  const { wallet, deployed } = world
  const cost = async (call: Call) => Number((await submit(wallet, call)).gasUsed)
  try {
    const patient = newPatient()
    const signed = await signTestGrant(world, patient)
    const unsubmitted = await signTestGrant(world, patient, { scopeHash: keccak256(stringToBytes('other')) })
    const first = await signTestAnchor(world, patient, 'first')
    const next = await signTestAnchor(world, patient, 'next', { previous: first.anchor.commitment })
    const grants = await Promise.all(
      Array.from({ length: batchLength }, () => signTestGrant(world, newPatient())),
    )
    const grantRoot = batchOf(grants.map((grant) => grantLeafOf(deployed, grant))).root
    const anchors = await Promise.all(
      Array.from({ length: batchLength }, (_, index) =>
        signTestAnchor(world, newPatient(), `batched ${index}`),
      ),
    )
    const anchorRoot = batchOf(anchors.map((anchor) => anchorLeafOf(deployed, anchor))).root
    const [voter] = await nameTestSupporters(world, ['one', 'two', 'three'])
    if (!voter) throw new Error('Three were named.')
    const deposit = await signTestDeposit(world, next.anchor)
    await submit(wallet, encodeOpenDeposit(deployed, deposit))
    const vote = await signTestVote(world, voter, deposit.id, 'approve', 1)
    const medic = await registerTestMedic(world)
    await submit(wallet, encodeEmergencyPolicy(deployed, await signTestPolicy(world, patient)))
    const opening = await signTestOpening(world, medic, patient)
    return {
      grant: await cost(encodeGrant(deployed, signed)),
      grantBatch100: (await cost(encodeGrantBatch(deployed, grantRoot))) / batchLength,
      logAccess: await cost(encodeAccess(deployed, await signTestAccess(world, signed.grant))),
      revoke: await cost(encodeRevocation(deployed, await signTestRevocation(world, patient, signed.id))),
      revokeUnsubmitted: await cost(
        encodeRevocation(deployed, await signTestRevocation(world, patient, unsubmitted.id)),
      ),
      anchor: await cost(encodeAnchor(deployed, first)),
      anchorNextVersion: await cost(encodeAnchor(deployed, next)),
      vote: await cost(encodeVote(deployed, vote, 0)),
      emergencyOpen: await cost(encodeEmergencyOpening(deployed, opening)),
      anchorBatch100: (await cost(encodeAnchorBatch(deployed, anchorRoot))) / batchLength,
    }
  } finally {
    await world.stop()
  }
}

if (import.meta.main) {
  const gas = await measureGas()
  const lines = Object.entries(gas).map(([act, used]) => `${act.padEnd(18)} ${used.toLocaleString('en')}\n`)
  process.stdout.write(process.argv.includes('--json') ? `${JSON.stringify(gas)}\n` : lines.join(''))
}
