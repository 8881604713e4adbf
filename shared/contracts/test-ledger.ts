// For tests of any room: a real chain in memory with the contracts deployed and two organizations accredited.
import { createWalletClient, http, keccak256, stringToBytes } from 'viem'
import { generatePrivateKey, type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
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
import { encodeRegister, type Registration } from './authority.ts'
import { deployContracts } from './deploy.ts'
import { openLedger, readHead } from './ledger.ts'
import { organizationIdOf } from './organizations.ts'
import { type PayingWallet, submit } from './submit.ts'
import { openTestChain } from './test-chain.ts'

const minute = 60
const day = 24 * 60 * minute

export interface TestOrganization {
  id: OrganizationId
  signer: PrivateKeyAccount
  registration: Registration
}

export type TestLedger = Awaited<ReturnType<typeof startTestLedger>>

export interface TestLedgerOptions {
  /** So many nodes are appointed to produce blocks. */
  seats?: number
  /** A node that runs already and is left running. */
  node?: string
}

/** Contracts of its own on `openTestChain`'s chain; `stop` ends it. */
export async function startTestLedger({ seats = 1, node }: TestLedgerOptions = {}) {
  const { rpcUrl, chain, payer: authority, passTime, stop } = await openTestChain(node)
  const transport = http(rpcUrl)
  const wallet: PayingWallet = createWalletClient({ account: authority, chain, transport })
  const deployed = await deployContracts(wallet, {
    registrars: [authority.address],
    validators: Array.from({ length: seats }, () => newPatient().address),
  })
  const ledger = openLedger({ ...deployed, rpcUrl })
  const { timestamp: startedAt } = await readHead(ledger)

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
    rpcUrl,
    stop,
    wallet,
    deployed,
    ledger,
    startedAt,
    accredit,
    stBrigid,
    lindqvist,
    /** Whether `passTime` can do what it says: a real chain's clock is its own. */
    canPassTime: passTime !== null,
    /** Mines a block that many seconds later. */
    passTime: async (seconds: number) => {
      if (!passTime) throw new Error('This ledger’s clock is its own.')
      await passTime(seconds)
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
  by: Pick<TestOrganization, 'id' | 'signer'> = stBrigid,
): Promise<AcceptedAnchor> {
  const deadline = startedAt + 60 * minute
  const anchor: Anchor = {
    commitment: commitmentSchema.parse(keccak256(stringToBytes(statement))),
    subject: pseudonymSchema.parse(patient.address),
    previous: null,
    deadline,
    ...changes,
  }
  const author = by.id
  const signature = await by.signer.signTypedData(anchorTypedData(deployed, anchor))
  const accepted = await patient.signTypedData(acceptanceTypedData(deployed, { anchor, author }, deadline))
  return {
    anchor,
    author,
    signature: signatureSchema.parse(signature),
    acceptance: { deadline, signature: signatureSchema.parse(accepted) },
  }
}
