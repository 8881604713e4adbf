import type { PrivateKeyAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import {
  type Delegation,
  delegationIdOf,
  delegationRevocationTypedData,
  delegationTypedData,
} from '../protocol/delegation.ts'
import { grantIdOf, grantTypedData } from '../protocol/grant.ts'
import { addressSchema, pseudonymSchema, signatureSchema } from '../protocol/ids.ts'
import { typedData } from '../protocol/typed-data.ts'
import { encodeGrant, encodeReplacement, simulate } from './calls.ts'
import {
  encodeDelegatedGrant,
  encodeDelegatedRevocation,
  encodeDelegation,
  encodeDelegationRevocation,
  readDelegation,
  readDelegations,
} from './delegations.ts'
import { isGrantActive } from './grants.ts'
import { submit } from './submit.ts'
import {
  newPatient,
  signTestGrant,
  signTestRevocation,
  startTestLedger,
  type TestLedger,
} from './test-ledger.ts'

const day = 24 * 60 * 60

let world: TestLedger
beforeAll(async () => {
  world = await startTestLedger()
})
afterAll(() => world.stop())

async function delegate(patient: PrivateKeyAccount, carer: PrivateKeyAccount, role: Delegation['role']) {
  const { deployed, startedAt, wallet } = world
  const delegation: Delegation = {
    patient: pseudonymSchema.parse(patient.address),
    delegate: addressSchema.parse(carer.address),
    role,
    notBefore: startedAt,
    notAfter: startedAt + 30 * day,
    deadline: startedAt + day,
  }
  const signature = await patient.signTypedData(delegationTypedData(deployed, delegation))
  await submit(
    wallet,
    encodeDelegation(deployed, { delegation, signature: signatureSchema.parse(signature) }),
  )
  return delegationIdOf(deployed, delegation)
}

async function grantedBy(carer: PrivateKeyAccount, patient: PrivateKeyAccount) {
  const { grant } = await signTestGrant(world, patient)
  const signature = await carer.signTypedData(grantTypedData(world.deployed, grant))
  return { grant, signature: signatureSchema.parse(signature) }
}

it('lets a carer grant and revoke until the patient takes the delegation back', async () => {
  const { deployed, ledger, startedAt, wallet } = world
  const [patient, carer] = [newPatient(), newPatient()]
  const pseudonym = pseudonymSchema.parse(patient.address)
  const delegation = await delegate(patient, carer, 'decide')
  expect(await readDelegations(ledger, { patient: pseudonym })).toMatchObject([
    { id: delegation, delegate: carer.address.toLowerCase(), role: 'decide' },
  ])

  const signed = await grantedBy(carer, patient)
  const id = grantIdOf(deployed, signed.grant)
  expect((await simulate(ledger, encodeGrant(deployed, signed), wallet.account.address))?.reason).toBe(
    'signature-wrong',
  )
  await submit(wallet, encodeDelegatedGrant(deployed, { delegation, ...signed }))
  expect(await isGrantActive(ledger, pseudonym, id)).toBe(true)

  const deadline = startedAt + day
  const revoked = await carer.signTypedData(
    typedData(deployed, 'Revocation', { grant: id, deadline: BigInt(deadline) }),
  )
  const revocation = {
    delegation,
    patient: pseudonym,
    grant: id,
    deadline,
    signature: signatureSchema.parse(revoked),
  }
  await submit(wallet, encodeDelegatedRevocation(deployed, revocation))
  expect(await isGrantActive(ledger, pseudonym, id)).toBe(false)

  const back = await patient.signTypedData(delegationRevocationTypedData(deployed, { delegation, deadline }))
  const takenBack = { patient: pseudonym, delegation, deadline, signature: signatureSchema.parse(back) }
  await submit(wallet, encodeDelegationRevocation(deployed, takenBack))
  expect(await readDelegation(ledger, pseudonym, delegation)).toMatchObject({ role: 'decide', revoked: true })
  const late = encodeDelegatedGrant(deployed, { delegation, ...(await grantedBy(carer, patient)) })
  expect((await simulate(ledger, late, wallet.account.address))?.reason).toBe('delegation-revoked')
})

it.each(['watch', 'revoke-only'] as const)('lets no carer in the role %s grant', async (role) => {
  const { deployed, ledger, wallet } = world
  const [patient, carer] = [newPatient(), newPatient()]
  const delegation = await delegate(patient, carer, role)
  const call = encodeDelegatedGrant(deployed, { delegation, ...(await grantedBy(carer, patient)) })
  expect((await simulate(ledger, call, wallet.account.address))?.reason).toBe('delegation-too-weak')
})

it('narrows a grant in one act, or leaves it as it is', async () => {
  const { deployed, ledger, startedAt, wallet } = world
  const patient = newPatient()
  const pseudonym = pseudonymSchema.parse(patient.address)
  const former = await signTestGrant(world, patient)
  await submit(wallet, encodeGrant(deployed, former))
  const revocation = await signTestRevocation(world, patient, former.id)
  const narrower = await signTestGrant(world, patient, { notAfter: startedAt + day / 2 })

  const altered = { ...narrower, grant: { ...narrower.grant, notAfter: startedAt + day - 1 } }
  const forged = encodeReplacement(deployed, { revocation, ...altered })
  expect((await simulate(ledger, forged, wallet.account.address))?.reason).toBe('signature-wrong')
  expect(await isGrantActive(ledger, pseudonym, former.id)).toBe(true)

  await submit(wallet, encodeReplacement(deployed, { revocation, ...narrower }))
  expect(await isGrantActive(ledger, pseudonym, former.id)).toBe(false)
  expect(await isGrantActive(ledger, pseudonym, narrower.id)).toBe(true)
})
