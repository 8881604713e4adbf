// What each act costs, measured on a fresh chain: `node shared/contracts/gas.ts [--json | --table]`; the table is for
// docs/gas.md, with the bytes of each call and the gas of each contract's deployment.
import { type Abi, encodeDeployData, type Hex, keccak256, size, stringToBytes } from 'viem'
import { encodeOpenDeposit, encodeVote } from './attestations.ts'
import { anchorLeafOf, batchOf, encodeAnchorBatch, encodeGrantBatch, grantLeafOf } from './batches.ts'
import { type Call, encodeAccess, encodeAnchor, encodeGrant, encodeRevocation } from './calls.ts'
import { encodeEmergencyOpening, encodeEmergencyPolicy } from './emergency.ts'
import { measureFurtherGas } from './gas-further.ts'
import { accreditationAbi, accreditationBytecode } from './generated/accreditation.ts'
import { attestationsAbi, attestationsBytecode } from './generated/attestations.ts'
import { batchesAbi, batchesBytecode } from './generated/batches.ts'
import { consentsAbi, consentsBytecode } from './generated/consents.ts'
import { creditsAbi, creditsBytecode } from './generated/credits.ts'
import { delegationsAbi, delegationsBytecode } from './generated/delegations.ts'
import { disputesAbi, disputesBytecode } from './generated/disputes.ts'
import { emergencyAccessAbi, emergencyAccessBytecode } from './generated/emergency-access.ts'
import { practitionersAbi, practitionersBytecode } from './generated/practitioners.ts'
import { recordsAbi, recordsBytecode } from './generated/records.ts'
import { statisticsAbi, statisticsBytecode } from './generated/statistics.ts'
import { validatorsAbi, validatorsBytecode } from './generated/validators.ts'
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

/** As `measureGas`; `calldataBytes` is filled act by act. */
export async function measureGas(calldataBytes: Partial<Record<keyof Gas, number>> = {}): Promise<Gas> {
  const world = await startTestLedger()
  const { wallet, deployed } = world
  const cost = async (act: keyof Gas, call: Call) => {
    calldataBytes[act] = size(call.data)
    return Number((await submit(wallet, call)).gasUsed)
  }
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
      grant: await cost('grant', encodeGrant(deployed, signed)),
      grantBatch100: (await cost('grantBatch100', encodeGrantBatch(deployed, grantRoot))) / batchLength,
      logAccess: await cost('logAccess', encodeAccess(deployed, await signTestAccess(world, signed.grant))),
      revoke: await cost(
        'revoke',
        encodeRevocation(deployed, await signTestRevocation(world, patient, signed.id)),
      ),
      revokeUnsubmitted: await cost(
        'revokeUnsubmitted',
        encodeRevocation(deployed, await signTestRevocation(world, patient, unsubmitted.id)),
      ),
      anchor: await cost('anchor', encodeAnchor(deployed, first)),
      anchorNextVersion: await cost('anchorNextVersion', encodeAnchor(deployed, next)),
      vote: await cost('vote', encodeVote(deployed, vote, 0)),
      emergencyOpen: await cost('emergencyOpen', encodeEmergencyOpening(deployed, opening)),
      anchorBatch100: (await cost('anchorBatch100', encodeAnchorBatch(deployed, anchorRoot))) / batchLength,
    }
  } finally {
    await world.stop()
  }
}

/** Gas of each contract's deployment. */
async function measureDeployment(): Promise<Record<string, number>> {
  const world = await startTestLedger()
  const { accreditation, consents, delegations, records, practitioners, attestations, disputes, credits } =
    world.deployed.contracts
  const { address: admin } = world.wallet.account
  const costs: Record<string, number> = {}
  const measure = async (name: string, abi: Abi, bytecode: Hex, args: readonly unknown[]) => {
    const data = encodeDeployData({ abi, bytecode, args })
    costs[name] = Number(await world.ledger.client.estimateGas({ account: admin, data }))
  }
  try {
    await measure('Accreditation', accreditationAbi, accreditationBytecode, [0, admin])
    await measure('Consents', consentsAbi, consentsBytecode, [accreditation, delegations])
    await measure('Records', recordsAbi, recordsBytecode, [accreditation])
    await measure('Batches', batchesAbi, batchesBytecode, [accreditation, consents, records])
    await measure('Practitioners', practitionersAbi, practitionersBytecode, [accreditation])
    await measure('Attestations', attestationsAbi, attestationsBytecode, [accreditation, records])
    await measure('EmergencyAccess', emergencyAccessAbi, emergencyAccessBytecode, [
      practitioners,
      accreditation,
    ])
    await measure('Delegations', delegationsAbi, delegationsBytecode, [])
    await measure('Disputes', disputesAbi, disputesBytecode, [accreditation])
    await measure('Statistics', statisticsAbi, statisticsBytecode, [accreditation])
    await measure('Credits', creditsAbi, creditsBytecode, [accreditation, attestations, records, disputes])
    await measure('Validators', validatorsAbi, validatorsBytecode, [accreditation, credits, [admin]])
    return costs
  } finally {
    await world.stop()
  }
}

/** The acts that have an aim, and no others: what programs ask for. */
const aims = [
  'grant',
  'grantBatch100',
  'revoke',
  'anchor',
  'anchorBatch100',
  'vote',
  'emergencyOpen',
] as const satisfies readonly (keyof Gas)[]

async function table(): Promise<string> {
  const bytes: Record<string, number> = {}
  const gas = { ...(await measureGas(bytes)), ...(await measureFurtherGas(bytes)) }
  const acts = Object.entries(gas).map(
    ([act, used]) => `| ${act} | ${inEnglish(used)} | ${bytes[act] ?? ''} |`,
  )
  const deployment = Object.entries(await measureDeployment())
  const contracts = deployment.map(([name, used]) => `| ${name} | ${inEnglish(used)} |`)
  return `${acts.join('\n')}\n\n${contracts.join('\n')}\n`
}

const inEnglish = (used: number) => Math.round(used).toLocaleString('en')

if (import.meta.main) {
  if (process.argv.includes('--table')) {
    process.stdout.write(await table())
  } else {
    const gas = await measureGas()
    if (process.argv.includes('--json')) {
      process.stdout.write(`${JSON.stringify(Object.fromEntries(aims.map((act) => [act, gas[act]])))}\n`)
    } else {
      const all = Object.entries({ ...gas, ...(await measureFurtherGas()) })
      process.stdout.write(all.map(([act, used]) => `${act.padEnd(18)} ${inEnglish(used)}\n`).join(''))
    }
  }
}
