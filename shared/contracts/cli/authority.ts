// `npm run authority -- COMMAND …`: what a health authority does on the ledger.
//
//   npm run authority -- list --network networks/31337.json
//   npm run authority -- suspend --organization https://clinic.example --network networks/31337.json --keystore officer.json

import { type Command, usageOf } from './command.ts'
import { commonOptions } from './context.ts'
import { disputeCommands } from './disputes.ts'
import { emergencyCommands } from './emergencies.ts'
import { UsageError } from './failure.ts'
import { newKeyCommand, officerCommands } from './officers.ts'
import { organizationCommands } from './organizations.ts'
import { practitionerCommands } from './practitioners.ts'
import { runProgram } from './program.ts'
import { supportCommands } from './support.ts'

const commands: Record<string, Command> = {
  ...organizationCommands,
  ...practitionerCommands,
  ...supportCommands,
  ...emergencyCommands,
  ...disputeCommands,
  ...officerCommands,
  'new-key': newKeyCommand,
}

const usage = () => `Usage: npm run authority -- COMMAND [options]

${Object.entries(commands)
  .map(([name, { summary, options }]) => `  ${`${name} ${usageOf(options)}`.trim()}\n      ${summary}`)
  .join('\n')}

Every command but new-key also takes
  ${usageOf(commonOptions)}
The key comes from --keystore or CAREKEY_KEY; its password from --password-file, CAREKEY_PASSWORD or the keyboard.
The ledger comes from --network or CAREKEY_NETWORK, or is looked up by its chain id in --book.`

await runProgram('authority', async ([name = 'help', ...args], env) => {
  if (name === 'help' || name === '--help') return { json: Object.keys(commands), text: usage() }
  const chosen = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (!chosen) throw new UsageError(`There is no command "${name}". "help" lists them all.`)
  return chosen.run(args, env)
})
