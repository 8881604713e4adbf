import { getContract } from 'viem'
import { type OrganizationId, organizationIdSchema } from '../protocol/ids.ts'
import { laterContract } from '../protocol/typed-data.ts'
import { inPieces } from './events.ts'
import { attestationsAbi } from './generated/attestations.ts'
import { type Ledger, reading } from './ledger.ts'

/** The authority's approval that one organization votes on what another deposits. */
export interface ApprovedSupport {
  author: OrganizationId
  supporter: OrganizationId
}

/** Whether `supporter` may vote on what `author` deposits. */
export const isSupportApproved = (
  ledger: Ledger,
  author: OrganizationId,
  supporter: OrganizationId,
): Promise<boolean> => {
  const address = laterContract(ledger.deployment, 'attestations')
  const attestations = getContract({ abi: attestationsAbi, address, client: ledger.client })
  return reading(attestations.read.isApproved([author, supporter]))
}

/** The approvals that stand now, in the order in which they were first given. */
export async function listApprovedSupport(ledger: Ledger): Promise<ApprovedSupport[]> {
  const logs = await inPieces(ledger, {}, (blocks) =>
    ledger.client.getContractEvents({
      abi: attestationsAbi,
      address: laterContract(ledger.deployment, 'attestations'),
      eventName: 'SupportApproved',
      strict: true,
      ...blocks,
    }),
  )
  const ever = new Map(
    logs.map(({ args }) => {
      const pair = {
        author: organizationIdSchema.parse(args.author),
        supporter: organizationIdSchema.parse(args.supporter),
      }
      return [pair.author + pair.supporter, pair] as const
    }),
  )
  const pairs = [...ever.values()]
  const still = await Promise.all(
    pairs.map(({ author, supporter }) => isSupportApproved(ledger, author, supporter)),
  )
  return pairs.filter((_, index) => still[index])
}
