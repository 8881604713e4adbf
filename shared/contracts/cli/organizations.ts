import type { OrganizationId } from '../../protocol/ids.ts'
import {
  encodeRegister,
  encodeReinstate,
  encodeSuspend,
  encodeUpdate,
  type Registration,
} from '../authority.ts'
import { type RegistryChange, readOrganizationHistory } from '../history.ts'
import { type LedgerHead, readHead } from '../ledger.ts'
import {
  accreditationRefusal,
  listOrganizations,
  type Organization,
  readOrganization,
} from '../organizations.ts'
import { act, unchanged } from './act.ts'
import type { Command } from './command.ts'
import { type Context, command } from './context.ts'
import { UsageError } from './failure.ts'
import { address, day, many, optional, organization, origin, recipient, text } from './option.ts'
import { dayOf, facts, minuteOf, short, table } from './table.ts'

const year = 365 * 24 * 60 * 60
const usualYears = 2

const statement = {
  name: text('NAME'),
  signer: address,
  recipient,
  origin: many(origin),
}
const validity = { 'valid-from': optional(day), 'valid-until': optional(day) }

export const organizationCommands: Record<string, Command> = {
  'register-organization': command({
    summary: 'accredits an organization, for two years if nothing else is said',
    options: { organization, ...statement, ...validity },
    run: async (values, context) => {
      const { timestamp } = await readHead(context.ledger)
      const current = await readOrganization(context.ledger, values.organization)
      // Who names no days means from now on; said again, it means what stands there.
      const validFrom = values['valid-from'] ?? current?.validFrom ?? timestamp
      const wanted: Registration = {
        name: values.name,
        signer: values.signer,
        recipient: values.recipient,
        origins: values.origin,
        validFrom,
        validUntil: values['valid-until'] ?? current?.validUntil ?? validFrom + usualYears * year,
      }
      if (current && isSame(current, wanted)) {
        return unchanged(`${current.name} is registered with these values already.`)
      }
      if (current) {
        throw new UsageError(
          `${current.name} is registered already, with other values ("show" has them). Change them by "update-organization".`,
        )
      }
      requireOrder(wanted)
      const call = encodeRegister(context.ledger.deployment, values.organization, wanted)
      return act(context, `register ${wanted.name}`, call)
    },
  }),
  'update-organization': command({
    summary: 'states some of an organization’s values anew; the others stay',
    options: {
      organization,
      name: optional(statement.name),
      signer: optional(address),
      recipient: optional(recipient),
      origin: optional(many(origin)),
      ...validity,
    },
    run: async ({ organization: id, origin: origins, ...values }, context) =>
      update(context, id, 'update', {
        name: values.name,
        signer: values.signer,
        recipient: values.recipient,
        origins,
        validFrom: values['valid-from'],
        validUntil: values['valid-until'],
      }),
  }),
  rotate: command({
    summary: 'replaces an organization’s signing key, and its age recipient if given',
    options: { organization, signer: address, recipient: optional(recipient) },
    run: ({ organization: id, ...keys }, context) => update(context, id, 'rotate the key of', keys),
  }),
  suspend: command({
    summary: 'stops an organization’s accreditation until it is reinstated',
    options: { organization },
    run: async ({ organization: id }, context) => {
      const current = await known(context, id)
      if (current.suspended) return unchanged(`${current.name} is suspended already.`)
      return act(context, `suspend ${current.name}`, encodeSuspend(context.ledger.deployment, id))
    },
  }),
  reinstate: command({
    summary: 'ends an organization’s suspension',
    options: { organization },
    run: async ({ organization: id }, context) => {
      const current = await known(context, id)
      if (!current.suspended) return unchanged(`${current.name} is not suspended.`)
      return act(context, `reinstate ${current.name}`, encodeReinstate(context.ledger.deployment, id))
    },
  }),
  list: command({
    summary: 'lists all organizations and their standing',
    options: {},
    run: async (_, { ledger }) => {
      const [organizations, head] = await Promise.all([listOrganizations(ledger), readHead(ledger)])
      const rows = organizations.map((found) => [
        found.name,
        standingOf(found, head),
        dayOf(found.validUntil),
        found.origins.join(' '),
        found.id,
      ])
      return {
        json: organizations.map((found) => ({ ...found, standing: standingOf(found, head) })),
        text:
          rows.length === 0
            ? 'No organization is registered yet.'
            : table(['NAME', 'STANDING', 'UNTIL', 'ORIGINS', 'ID'], rows),
      }
    },
  }),
  show: command({
    summary: 'shows all about one organization, with its history by block',
    options: { organization },
    run: async ({ organization: id }, context) => {
      const { ledger } = context
      const found = await known(context, id)
      const [history, head] = await Promise.all([readOrganizationHistory(ledger, id), readHead(ledger)])
      const standing = standingOf(found, head)
      return {
        json: { ...found, standing, history },
        text: `${facts([
          ['Name', found.name],
          ['Id', found.id],
          ['Standing', standing],
          ['Valid', `${dayOf(found.validFrom)} to ${dayOf(found.validUntil)}`],
          ['Signs with', found.signer],
          ['Origins', found.origins.join(' ')],
          ['Recipient', `${found.recipient.slice(0, 24)}…`],
        ])}\n\n${historyTable(history)}`,
      }
    },
  }),
}

export const historyTable = (history: readonly RegistryChange[]): string =>
  table(
    ['BLOCK', 'TIME', 'WHAT', 'SIGNER', 'TRANSACTION'],
    history.map(({ blockNumber, timestamp, kind, signer, transactionHash }) => [
      String(blockNumber),
      minuteOf(timestamp),
      kind,
      signer ? short(signer) : '',
      transactionHash,
    ]),
  )

const words = {
  'organization-suspended': 'suspended',
  'organization-expired': 'outside validity',
  'organization-unknown': 'unknown',
} as const

export function standingOf(
  standing: Pick<Organization, 'suspended' | 'validFrom' | 'validUntil'>,
  head: LedgerHead,
) {
  const refusal = accreditationRefusal(standing, head.timestamp)
  return refusal ? words[refusal] : 'accredited'
}

/** Throws with the way to the list if nobody registered it. */
export async function known({ ledger }: Context, id: OrganizationId): Promise<Organization> {
  const found = await readOrganization(ledger, id)
  if (found) return found
  throw new UsageError(`No organization is registered under ${id}. "list" shows those that are.`)
}

async function update(
  context: Context,
  id: OrganizationId,
  verb: string,
  changes: { [K in keyof Registration]?: Registration[K] | undefined },
) {
  const { id: _id, suspended: _suspended, ...current } = await known(context, id)
  const given = Object.entries(changes).filter(([, value]) => value !== undefined)
  if (given.length === 0) throw new UsageError('Nothing to change was given.')
  const wanted: Registration = { ...current, ...Object.fromEntries(given) }
  requireOrder(wanted)
  if (isSame(current, wanted)) return unchanged(`${current.name} has these values already.`)
  return act(context, `${verb} ${current.name}`, encodeUpdate(context.ledger.deployment, id, wanted))
}

function requireOrder({ validFrom, validUntil }: Pick<Registration, 'validFrom' | 'validUntil'>): void {
  if (validFrom < validUntil) return
  throw new UsageError(`The validity ends (${dayOf(validUntil)}) before it begins (${dayOf(validFrom)}).`)
}

const isSame = (current: Registration, wanted: Registration): boolean =>
  current.name === wanted.name &&
  current.signer === wanted.signer &&
  current.recipient === wanted.recipient &&
  current.origins.join() === wanted.origins.join() &&
  current.validFrom === wanted.validFrom &&
  current.validUntil === wanted.validUntil
