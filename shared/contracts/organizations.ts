import { type Address, getContract, keccak256, stringToBytes } from 'viem'
import { z } from 'zod'
import { CarekeyError, type Reason } from '../protocol/errors.ts'
import {
  addressSchema,
  NO_HASH,
  type OrganizationId,
  organizationIdSchema,
  originSchema,
} from '../protocol/ids.ts'
import { accreditationAbi } from './generated/accreditation.ts'
import { type Ledger, reading } from './ledger.ts'
import { wholeNumberSchema } from './seconds.ts'

const organizationSchema = z.object({
  name: z.string().min(1),
  signer: addressSchema,
  /** age recipient */
  recipient: z.string().regex(/^age1[a-z0-9]+$/),
  origins: z.array(originSchema).min(1),
  /** Unix seconds, inclusive */
  validFrom: wholeNumberSchema,
  /** Unix seconds, exclusive */
  validUntil: wholeNumberSchema,
  suspended: z.boolean(),
})

/** An organization as it is registered now, accredited or not. */
export type Organization = z.infer<typeof organizationSchema> & { id: OrganizationId }

const pageLength = 100n

/** The ledger's key of an organization: keccak256 of its identifier URI. */
export const organizationIdOf = (identifier: string): OrganizationId =>
  organizationIdSchema.parse(keccak256(stringToBytes(identifier)))

/** Null if nobody registered it, or if what was registered cannot be used (no origin, no age recipient). */
export async function readOrganization(ledger: Ledger, id: OrganizationId): Promise<Organization | null> {
  try {
    const answer = await reading(registry(ledger).read.organization([id]))
    const parsed = organizationSchema.safeParse(answer)
    return parsed.success ? { id, ...parsed.data } : null
  } catch (error) {
    if (error instanceof CarekeyError && error.reason === 'organization-unknown') return null
    throw error
  }
}

/** All organizations in the order of registration. One that cannot be used hides no other. */
export async function listOrganizations(ledger: Ledger): Promise<Organization[]> {
  const organizations: Organization[] = []
  const count = await reading(registry(ledger).read.organizationCount())
  for (let from = 0n; from < count; from += pageLength) {
    const answer = await reading(registry(ledger).read.organizationIds([from, pageLength]))
    const ids = z.array(organizationIdSchema).parse(answer)
    const page = await Promise.all(ids.map((id) => readOrganization(ledger, id)))
    organizations.push(...page.filter((organization) => organization !== null))
  }
  return organizations
}

/** The organization to which a web origin belongs; the origin in the form that the browser reports. */
export const readOrganizationOfOrigin = (ledger: Ledger, origin: string): Promise<Organization | null> =>
  readById(ledger, registry(ledger).read.organizationOfOrigin([origin]))

/** The organization for which an address signs now. */
export const readOrganizationOfSigner = (ledger: Ledger, signer: Address): Promise<Organization | null> =>
  readById(ledger, registry(ledger).read.organizationOfSigner([signer]))

const standingSchema = z
  .tuple([addressSchema, wholeNumberSchema, wholeNumberSchema, z.boolean()])
  .transform(([signer, validFrom, validUntil, suspended]) => ({ signer, validFrom, validUntil, suspended }))

/** What decides over accreditation at one time. */
export type Standing = z.infer<typeof standingSchema>

/** What was registered at the end of a block; null if nothing was yet. Judge it by the block's own time. */
export async function readStandingAt(
  ledger: Ledger,
  id: OrganizationId,
  blockNumber: number,
): Promise<Standing | null> {
  const answer = await reading(registry(ledger).read.accreditationAt([id, BigInt(blockNumber)]))
  const standing = standingSchema.parse(answer)
  return BigInt(standing.signer) === 0n ? null : standing
}

/** Null if accredited at that time (Unix seconds), else why not. */
export function accreditationRefusal(
  standing: Pick<Standing, 'suspended' | 'validFrom' | 'validUntil'> | null,
  atSeconds: number,
): Extract<Reason, `organization-${string}`> | null {
  if (!standing) return 'organization-unknown'
  if (standing.suspended) return 'organization-suspended'
  if (atSeconds < standing.validFrom || atSeconds >= standing.validUntil) return 'organization-expired'
  return null
}

const registry = (ledger: Ledger) =>
  getContract({
    abi: accreditationAbi,
    address: ledger.deployment.contracts.accreditation,
    client: ledger.client,
  })

async function readById(ledger: Ledger, answer: Promise<`0x${string}`>): Promise<Organization | null> {
  const id = organizationIdSchema.parse(await reading(answer))
  return id === NO_HASH ? null : readOrganization(ledger, id)
}
