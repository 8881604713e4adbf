import type { PractitionerId } from '../../protocol/ids.ts'
import { roles } from '../../protocol/roles.ts'
import { readPractitionerHistory } from '../history.ts'
import { readHead } from '../ledger.ts'
import { listOrganizations } from '../organizations.ts'
import {
  encodeRegisterPractitioner,
  encodeReinstatePractitioner,
  encodeSuspendPractitioner,
  encodeUpdatePractitioner,
  listPractitioners,
  type Practitioner,
  type PractitionerStatement,
  readPractitioner,
} from '../practitioners.ts'
import { act, unchanged } from './act.ts'
import type { Command } from './command.ts'
import { type Context, command } from './context.ts'
import { UsageError } from './failure.ts'
import { address, choice, day, optional, organization, practitioner } from './option.ts'
import { historyTable, known as knownOrganization, standingOf } from './organizations.ts'
import { dayOf, facts, table } from './table.ts'

const year = 365 * 24 * 60 * 60
const role = choice(roles)
const validity = { 'valid-from': optional(day), 'valid-until': optional(day) }

export const practitionerCommands: Record<string, Command> = {
  'register-practitioner': command({
    summary: 'accredits a practitioner of an organization, for a year if nothing else is said',
    options: { practitioner, organization, role, signer: address, ...validity },
    run: async (values, context) => {
      const { ledger } = context
      const owner = await knownOrganization(context, values.organization)
      const [current, { timestamp }] = await Promise.all([
        readPractitioner(ledger, values.practitioner),
        readHead(ledger),
      ])
      const validFrom = values['valid-from'] ?? current?.validFrom ?? timestamp
      const wanted: PractitionerStatement = {
        role: values.role,
        signer: values.signer,
        validFrom,
        validUntil: values['valid-until'] ?? current?.validUntil ?? validFrom + year,
      }
      if (current && current.organization === owner.id && isSame(current, wanted)) {
        return unchanged('this practitioner is registered with these values already.')
      }
      if (current) {
        throw new UsageError(
          'This practitioner is registered already, with other values ("show-practitioner" has them). Change them by "update-practitioner"; the organization stays for good.',
        )
      }
      const call = encodeRegisterPractitioner(ledger.deployment, values.practitioner, owner.id, wanted)
      return act(context, `register a practitioner (${wanted.role}) of ${owner.name}`, call)
    },
  }),
  'update-practitioner': command({
    summary: 'states some of a practitioner’s values anew (role, key, validity); the others stay',
    options: { practitioner, role: optional(role), signer: optional(address), ...validity },
    run: async ({ practitioner: id, ...values }, context) => {
      const current = await known(context, id)
      const wanted: PractitionerStatement = {
        role: values.role ?? current.role,
        signer: values.signer ?? current.signer,
        validFrom: values['valid-from'] ?? current.validFrom,
        validUntil: values['valid-until'] ?? current.validUntil,
      }
      if (isSame(current, wanted)) return unchanged('this practitioner has these values already.')
      const call = encodeUpdatePractitioner(context.ledger.deployment, id, wanted)
      return act(context, `update the practitioner ${id}`, call)
    },
  }),
  'suspend-practitioner': command({
    summary: 'stops a practitioner’s accreditation until reinstated',
    options: { practitioner },
    run: async ({ practitioner: id }, context) => {
      const current = await known(context, id)
      if (current.suspended) return unchanged('this practitioner is suspended already.')
      const call = encodeSuspendPractitioner(context.ledger.deployment, id)
      return act(context, `suspend the practitioner ${id}`, call)
    },
  }),
  'reinstate-practitioner': command({
    summary: 'ends a practitioner’s suspension',
    options: { practitioner },
    run: async ({ practitioner: id }, context) => {
      const current = await known(context, id)
      if (!current.suspended) return unchanged('this practitioner is not suspended.')
      const call = encodeReinstatePractitioner(context.ledger.deployment, id)
      return act(context, `reinstate the practitioner ${id}`, call)
    },
  }),
  'list-practitioners': command({
    summary: 'lists all practitioners, or those of one organization',
    options: { organization: optional(organization) },
    run: async (values, { ledger }) => {
      const [all, organizations, head] = await Promise.all([
        listPractitioners(ledger),
        listOrganizations(ledger),
        readHead(ledger),
      ])
      const nameOf = (id: string) => organizations.find((found) => found.id === id)?.name ?? id
      const found = all.filter(
        ({ organization: owner }) => !values.organization || owner === values.organization,
      )
      const rows = found.map((one) => [
        one.role,
        nameOf(one.organization),
        standingOf(one, head),
        dayOf(one.validUntil),
        one.id,
      ])
      return {
        json: found.map((one) => ({ ...one, standing: standingOf(one, head) })),
        text:
          rows.length === 0
            ? 'No practitioner is registered yet.'
            : table(['ROLE', 'ORGANIZATION', 'STANDING', 'UNTIL', 'ID'], rows),
      }
    },
  }),
  'show-practitioner': command({
    summary: 'shows all about one practitioner, with the history by block',
    options: { practitioner },
    run: async ({ practitioner: id }, context) => {
      const found = await known(context, id)
      const [owner, history, head] = await Promise.all([
        knownOrganization(context, found.organization),
        readPractitionerHistory(context.ledger, id),
        readHead(context.ledger),
      ])
      const standing = standingOf(found, head)
      return {
        json: { ...found, standing, history },
        text: `${facts([
          ['Id', id],
          ['Role', found.role],
          ['Of', owner.name],
          ['Standing', standing],
          ['Valid', `${dayOf(found.validFrom)} to ${dayOf(found.validUntil)}`],
          ['Signs with', found.signer],
        ])}\n\n${historyTable(history)}`,
      }
    },
  }),
}

async function known({ ledger }: Context, id: PractitionerId): Promise<Practitioner> {
  const found = await readPractitioner(ledger, id)
  if (found) return found
  throw new UsageError(
    `No practitioner is registered under ${id}. "list-practitioners" shows those that are.`,
  )
}

const isSame = (current: Practitioner, wanted: PractitionerStatement): boolean =>
  current.role === wanted.role &&
  current.signer === wanted.signer &&
  current.validFrom === wanted.validFrom &&
  current.validUntil === wanted.validUntil
