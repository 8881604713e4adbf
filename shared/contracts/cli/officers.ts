import {
  encodeAcceptAdminTransfer,
  encodeAppoint,
  encodeBeginAdminTransfer,
  encodeDismiss,
  isOfficer,
  officerRoles,
  readOfficers,
} from '../officers.ts'
import { act, unchanged } from './act.ts'
import { type Command, readOptions } from './command.ts'
import { command } from './context.ts'
import { writeNewKey } from './key.ts'
import { address, choice, file, flag, optional, orElse } from './option.ts'
import { facts } from './table.ts'

const officer = { officer: address }
const inRole = { ...officer, role: orElse(choice(officerRoles), 'registrar') }

export const officerCommands: Record<string, Command> = {
  officers: command({
    summary: 'lists the admin, the registrars and the adjudicators',
    options: {},
    run: async (_, { ledger }) => {
      const officers = await readOfficers(ledger)
      return {
        json: officers,
        text: facts([
          ['Admin', officers.admin],
          ...(officers.nextAdmin ? [['Next admin', officers.nextAdmin] as const] : []),
          ...officers.registrars.map((registrar) => ['Registrar', registrar] as const),
          ...officers.adjudicators.map((adjudicator) => ['Adjudicator', adjudicator] as const),
        ]),
      }
    },
  }),
  appoint: command({
    summary: 'makes an account a registrar, or an adjudicator who answers disputes; only the admin may',
    options: inRole,
    run: async ({ officer: account, role }, context) => {
      if (await isOfficer(context.ledger, account, role)) return unchanged(`${account} is ${role} already.`)
      const call = encodeAppoint(context.ledger.deployment, account, role)
      return act(context, `appoint ${account} as ${role}`, call)
    },
  }),
  dismiss: command({
    summary: 'takes that from an account; only the admin may',
    options: inRole,
    run: async ({ officer: account, role }, context) => {
      if (!(await isOfficer(context.ledger, account, role))) return unchanged(`${account} is no ${role}.`)
      const call = encodeDismiss(context.ledger.deployment, account, role)
      return act(context, `dismiss ${account} as ${role}`, call)
    },
  }),
  'transfer-admin': command({
    summary: 'names the next admin, who can accept once the registry’s delay is over',
    options: officer,
    run: async ({ officer: account }, context) =>
      act(
        context,
        `name ${account} as next admin`,
        encodeBeginAdminTransfer(context.ledger.deployment, account),
      ),
  }),
  'accept-admin': command({
    summary: 'takes the admin’s part over, by the account that was named',
    options: {},
    run: async (_, context) =>
      act(context, 'become admin', encodeAcceptAdminTransfer(context.ledger.deployment)),
  }),
}

const newKeyOptions = { keystore: file, 'password-file': optional(file), json: flag }

/** Needs no ledger. */
export const newKeyCommand: Command = {
  summary: 'makes a key and writes it to a keystore file that is not there yet',
  options: newKeyOptions,
  run: async (args, env) => {
    const { keystore, ...source } = readOptions(newKeyOptions, args)
    const address = (await writeNewKey(keystore, source, env)).address.toLowerCase()
    return { json: { address, keystore }, text: `${keystore} holds a new key. Its address: ${address}` }
  },
}
