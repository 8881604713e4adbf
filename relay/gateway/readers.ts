import type { CID } from 'multiformats/cid'
import type { GrantState } from '../../shared/contracts/grants.ts'
import type { Organization } from '../../shared/contracts/organizations.ts'
import { practitionerRefusal } from '../../shared/contracts/practitioners.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { type GrantId, grantIdSchema } from '../../shared/protocol/ids.ts'
import type { Exchange } from '../http/router.ts'
import type { Account } from '../identity/tokens.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Pins } from '../pinning/pins.ts'
import { readingRefusal, refusedGrant } from './decision.ts'
import type { Mapping, Mappings } from './mappings.ts'

/** Who was let in, whose pin is opened, and which of its blocks. */
export type Reader = { owner: Account; opens: (cid: CID) => Promise<boolean> } & (
  | { kind: 'owner' }
  | { kind: 'grantee'; grantId: GrantId; organization: Organization }
)

export interface Readers {
  ledger: Ledger
  mappings: Mappings
  pins: Pins
}

/** Lets a signed-in account read a CID, or says why not. @throws CarekeyError */
export async function admitReader(
  { ledger, mappings, pins }: Readers,
  exchange: Exchange,
  account: Account,
  cid: CID,
): Promise<Reader> {
  const header = exchange.header('carekey-grant')
  if (header === null) {
    // The owner needs no ledger: a patient's own records stay within reach while it is down.
    const opens = ({ multihash }: CID) => pins.reaches(account, multihash.bytes)
    if (await opens(cid)) return { kind: 'owner', owner: account, opens }
    throw new CarekeyError(
      'grant-unknown',
      'Name the grant under which you read, in the header carekey-grant.',
    )
  }
  const grantId = readGrantId(header)
  const { organization, live } = await liveMappings({ ledger, mappings }, account, grantId)
  const open = await firstThatOpens(mappings, live, cid)
  if (!open) throw new CarekeyError('grant-scope', 'This grant does not open this file.')
  const opens = (block: CID) => mappings.opens(open, block)
  return { kind: 'grantee', owner: open.owner, opens, grantId, organization }
}

async function firstThatOpens(
  mappings: Mappings,
  live: readonly Mapping[],
  cid: CID,
): Promise<Mapping | null> {
  for (const mapping of live) if (await mappings.opens(mapping, cid)) return mapping
  return null
}

export function readGrantId(text: string): GrantId {
  const parsed = grantIdSchema.safeParse(text)
  if (parsed.success) return parsed.data
  throw new CarekeyError('params-invalid', 'The grant is not an id.')
}

/** The mappings of a grant that is live on the ledger for the organization of this account. @throws CarekeyError */
export async function liveMappings(
  { ledger, mappings }: Pick<Readers, 'ledger' | 'mappings'>,
  account: Account,
  grantId: GrantId,
): Promise<{ organization: Organization; live: Mapping[] }> {
  const [first, ...others] = await mappings.of(grantId)
  const [reader, consent, now] = await Promise.all([
    ledger.organizationOfSigner(account),
    // All mappings of one id carry one grant: the id is its digest.
    first && consentOf(ledger, grantId, [first, ...others]),
    ledger.now(),
  ])
  if (!first || !consent) {
    throw new CarekeyError('grant-unknown', 'Nobody has told this relay of such a grant.')
  }
  const refused = readingRefusal({ reader, mapping: first, consent, now })
  if (refused) throw refusedGrant(refused)
  const open = [first, ...others].filter((mapping) => !mapping.closed)
  // A null reader is refused as `grant-not-yours`.
  return { organization: reader as Organization, live: await withAskers(ledger, open, now) }
}

/** Those whose asker is accredited still. @throws CarekeyError when that leaves none */
async function withAskers(ledger: Ledger, open: readonly Mapping[], now: number): Promise<Mapping[]> {
  const refusals = await Promise.all(
    open.map(async ({ practitioner, grantee }) =>
      practitioner === null
        ? null
        : practitionerRefusal(await ledger.practitioner(practitioner), grantee, now),
    ),
  )
  const refused = refusals.find((refusal) => refusal !== null)
  const live = open.filter((_, index) => refusals[index] === null)
  if (live.length === 0 && refused) throw refusedGrant(refused)
  return live
}

/** As the ledger shows the grant, by itself or by the first proof that holds: any stranger may map a grant with one that does not. */
async function consentOf(
  ledger: Ledger,
  grantId: GrantId,
  mappings: readonly Mapping[],
): Promise<GrantState> {
  const [first] = mappings
  if (!first) throw new Error('No mapping speaks of this grant.')
  const state = await ledger.consent(first.patient, grantId)
  if (state.grantedAt !== 0 || state.revokedAt !== 0) return state
  for (const { proven } of mappings) {
    const batched = proven && (await ledger.provenConsent(proven))
    if (batched && batched.grantedAt !== 0) return batched
  }
  return state
}
