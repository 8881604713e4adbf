// For tests of any room: a real chain in memory with the contracts deployed and two organizations accredited.
import { createTestClient, createWalletClient, http, keccak256, stringToBytes } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { foundry } from 'viem/chains'
import { type AcceptedAnchor, type Anchor, acceptanceTypedData, anchorTypedData } from '../protocol/anchor.ts'
import {
  type Access,
  type Grant,
  grantIdOf,
  grantTypedData,
  type Revocation,
  type SignedGrant,
} from '../protocol/grant.ts'
import {
  commitmentSchema,
  type GrantId,
  type OrganizationId,
  pseudonymSchema,
  signatureSchema,
} from '../protocol/ids.ts'
import { typedData } from '../protocol/typed-data.ts'
import { startAnvil } from './anvil.ts'
import { encodeRegister, type Registration } from './authority.ts'
import { deployContracts } from './deploy.ts'
import { openLedger, readHead } from './ledger.ts'
import { organizationIdOf } from './organizations.ts'
import { type PayingWallet, submit } from './submit.ts'

const minute = 60
const day = 24 * 60 * minute

/** Anvil's first account, rich on every fresh chain; its key is public. */
const authorityKey = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'

export interface TestOrganization {
  id: OrganizationId
  signer: PrivateKeyAccount
  registration: Registration
}

export type TestLedger = Awaited<ReturnType<typeof startTestLedger>>

/** Starts a chain on a free port; `stop` ends it. So many nodes are appointed to produce its blocks. */
export async function startTestLedger({ seats = 1 }: { seats?: number } = {}) {
  const anvil = await startAnvil()
  const transport = http(anvil.rpcUrl)
  const authority = privateKeyToAccount(authorityKey)
  const wallet: PayingWallet = createWalletClient({ account: authority, chain: foundry, transport })
  const deployed = await deployContracts(wallet, {
    registrars: [authority.address],
    validators: Array.from({ length: seats }, () => newPatient().address),
  })
  const ledger = openLedger({ ...deployed, rpcUrl: anvil.rpcUrl })
  const { timestamp: startedAt } = await readHead(ledger)
  const clock = createTestClient({ chain: foundry, mode: 'anvil', transport })

  const accredit = async (name: string, host: string): Promise<TestOrganization> => {
    const signer = privateKeyToAccount(generatePrivateKey())
    const origin = `https://${host}`
    const id = organizationIdOf(origin)
    const registration: Registration = {
      name,
      signer: pseudonymSchema.parse(signer.address),
      recipient: `age1pq1${'q'.repeat(1_950)}`,
      origins: [origin],
      validFrom: startedAt - day,
      validUntil: startedAt + 365 * day,
    }
    await submit(wallet, encodeRegister(deployed, id, registration))
    return { id, signer, registration }
  }
  const stBrigid = await accredit('St. Brigid Hospital', 'st-brigid.example')
  const lindqvist = await accredit('Lindqvist Clinic', 'lindqvist.example')

  return {
    rpcUrl: anvil.rpcUrl,
    stop: anvil.stop,
    wallet,
    deployed,
    ledger,
    startedAt,
    accredit,
    stBrigid,
    lindqvist,
    /** Mines a block that many seconds later. */
    passTime: async (seconds: number) => {
      await clock.increaseTime({ seconds })
      await clock.mine({ blocks: 1 })
    },
  }
}

/** A patient with a fresh pseudonym. */
export const newPatient = (): PrivateKeyAccount => privateKeyToAccount(generatePrivateKey())

export async function signTestGrant(
  { deployed, startedAt, lindqvist }: TestLedger,
  patient: PrivateKeyAccount,
  changes: Partial<Grant> = {},
): Promise<SignedGrant & { id: GrantId }> {
  const grant: Grant = {
    patient: pseudonymSchema.parse(patient.address),
    grantee: lindqvist.id,
    purpose: 'TREAT',
    notBefore: startedAt,
    notAfter: startedAt + day,
    scopeHash: keccak256(stringToBytes('scope')),
    deadline: startedAt + 60 * minute,
    ...changes,
  }
  const signature = await patient.signTypedData(grantTypedData(deployed, grant))
  return { grant, signature: signatureSchema.parse(signature), id: grantIdOf(deployed, grant) }
}

export async function signTestRevocation(
  { deployed, startedAt }: TestLedger,
  patient: PrivateKeyAccount,
  id: GrantId,
): Promise<Revocation> {
  const deadline = startedAt + 30 * day
  const message = { grant: id, deadline: BigInt(deadline) }
  const signature = await patient.signTypedData(typedData(deployed, 'Revocation', message))
  return {
    patient: pseudonymSchema.parse(patient.address),
    grant: id,
    deadline,
    signature: signatureSchema.parse(signature),
  }
}

export async function signTestAccess(
  { deployed, startedAt, lindqvist }: TestLedger,
  grant: Grant,
  accessHash = keccak256(stringToBytes('access')),
): Promise<Access> {
  const deadline = startedAt + 30 * day
  const message = { grant: grantIdOf(deployed, grant), accessHash, deadline: BigInt(deadline) }
  const signature = await lindqvist.signer.signTypedData(typedData(deployed, 'Access', message))
  return { grant, accessHash, deadline, signature: signatureSchema.parse(signature) }
}

export async function signTestAnchor(
  { deployed, startedAt, stBrigid }: TestLedger,
  patient: PrivateKeyAccount,
  statement: string,
  changes: Partial<Anchor> = {},
): Promise<AcceptedAnchor> {
  const deadline = startedAt + 60 * minute
  const anchor: Anchor = {
    commitment: commitmentSchema.parse(keccak256(stringToBytes(statement))),
    subject: pseudonymSchema.parse(patient.address),
    previous: null,
    deadline,
    ...changes,
  }
  const author = stBrigid.id
  const signature = await stBrigid.signer.signTypedData(anchorTypedData(deployed, anchor))
  const accepted = await patient.signTypedData(acceptanceTypedData(deployed, { anchor, author }, deadline))
  return {
    anchor,
    author,
    signature: signatureSchema.parse(signature),
    acceptance: { deadline, signature: signatureSchema.parse(accepted) },
  }
}
