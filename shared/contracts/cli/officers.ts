import {
  encodeAcceptAdminTransfer,
  encodeAppoint,
  encodeBeginAdminTransfer,
  encodeDismiss,
  isRegistrar,
  readOfficers,
} from '../officers.ts'
import { act, unchanged } from './act.ts'
import { type Command, readOptions } from './command.ts'
import { command } from './context.ts'
import { writeNewKey } from './key.ts'
import { address, file, flag, optional } from './option.ts'
import { facts } from './table.ts'

const officer = { officer: address }

export const officerCommands: Record<string, Command> = {
  officers: command({
    summary: 'lists the admin and all registrars',
    options: {},
    run: async (_, { ledger }) => {
      const officers = await readOfficers(ledger)
      return {
        json: officers,
        text: facts([
          ['Admin', officers.admin],
          ...(officers.nextAdmin ? [['Next admin', officers.nextAdmin] as const] : []),
          ...officers.registrars.map((registrar) => ['Registrar', registrar] as const),
        ]),
      }
    },
  }),
  appoint: command({
    summary: 'lets an account register, suspend and review; only the admin may',
    options: officer,
    run: async ({ officer: account }, context) => {
      if (await isRegistrar(context.ledger, account)) return unchanged(`${account} is a registrar already.`)
      return act(context, `appoint ${account}`, encodeAppoint(context.ledger.deployment, account))
    },
  }),
  dismiss: command({
    summary: 'takes that from an account; only the admin may',
    options: officer,
    run: async ({ officer: account }, context) => {
      if (!(await isRegistrar(context.ledger, account))) return unchanged(`${account} is no registrar.`)
      return act(context, `dismiss ${account}`, encodeDismiss(context.ledger.deployment, account))
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
