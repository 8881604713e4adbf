import { keccak256, stringToHex } from 'viem'
import { z } from 'zod'
import { namingSchema, namingTypedData } from '../../protocol/attestation.ts'
import { type OrganizationId, organizationIdSchema } from '../../protocol/ids.ts'
import type { Ledger } from './ledger.ts'
import { limits } from './limits.ts'
import type { Settings } from './options.ts'
import { parse } from './parse.ts'
import type { Relay } from './relay.ts'
import { sign } from './signature.ts'
import { type Submitted, submitAct } from './submit-act.ts'

export interface Supporter {
  id: OrganizationId
  name: string
}

/** Which organizations check what an author deposits, and how often it has named them. */
export interface Supporters {
  supporters: Supporter[]
  /** 0 if it never named any. */
  round: number
}

export async function readSupporters(
  { ledger }: { ledger: Ledger },
  author: OrganizationId,
): Promise<Supporters> {
  const { supporters, round } = await ledger.supportersOf(author)
  const named = supporters.map(async (id) => ({ id, name: await ledger.nameOf(id) }))
  return { supporters: await Promise.all(named), round }
}

/**
 * Names the supporters of what this organization deposits from now on, in place of the former; none, and the patient
 * alone confirms. Does nothing if the ledger names just these. Throws CarekeyError `support-refused` for one whom the
 * authority has not approved.
 */
export async function nameSupporters(
  { settings, ledger, relay }: { settings: Settings; ledger: Ledger; relay: Relay },
  identifiers: readonly string[],
  signal?: AbortSignal,
): Promise<Submitted> {
  const wanted = [...new Set(identifiers.map(idOf))].sort()
  const current = await ledger.supportersOf(settings.organization)
  if (current.supporters.join() === wanted.join()) return { status: 'mined', transactionHash: null }
  const naming = parse(
    namingSchema,
    {
      author: settings.organization,
      supporters: wanted,
      round: current.round + 1,
      deadline: (await ledger.now()) + limits.organizationActSeconds,
    },
    'The list of supporters',
  )
  const signature = await sign(settings.account, namingTypedData(settings.network, naming))
  return submitAct(relay, { kind: 'naming', naming, signature }, signal)
}

/** The id of an organization that is named by its identifier URI. */
const idOf = (identifier: string): OrganizationId =>
  organizationIdSchema.parse(keccak256(stringToHex(parse(z.url(), identifier, 'A supporter’s identifier'))))
