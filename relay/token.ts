// Mints a token without the relay's HTTP: `npm run relay:token -- --account 0x… --hours 1`. The token alone is printed.
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { addressSchema } from '../shared/protocol/ids.ts'
import { systemClock } from './clock.ts'
import { ConfigError, readPlace } from './config.ts'
import { scopes, scopesSchema } from './identity/scopes.ts'
import { Tokens } from './identity/tokens.ts'
import { silentLog } from './log.ts'
import { openDatabase } from './storage/open.ts'

const hourMs = 60 * 60 * 1_000
const longestHours = 24 * 366

const wishSchema = z.object({
  account: addressSchema,
  hours: z.coerce.number().positive().max(longestHours).default(1),
  scopes: z
    .string()
    .transform((text) => text.split(','))
    .pipe(scopesSchema)
    .optional(),
  label: z.string().max(60).default('minted by the operator'),
})

const usage = `usage: npm run relay:token -- --account 0x… [--hours 1] [--scopes ${scopes.join(',')}] [--label TEXT]`

async function main(): Promise<void> {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { account: text, hours: text, scopes: text, label: text } })
  const wish = wishSchema.safeParse(values)
  if (!wish.success) {
    const [issue] = wish.error.issues
    throw new ConfigError(`--${String(issue?.path[0] ?? '')}: ${issue?.message ?? 'is not valid'}\n${usage}`)
  }
  const { account, hours, label } = wish.data
  const { db } = await openDatabase(readPlace(process.env), silentLog)
  try {
    const { token } = await new Tokens(db, systemClock).issue(account, {
      ttlMs: hours * hourMs,
      label,
      ...(wish.data.scopes ? { scopes: wish.data.scopes } : {}),
    })
    console.log(token)
  } finally {
    await db.close()
  }
}

try {
  await main()
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error))
  process.exitCode = error instanceof ConfigError || error instanceof TypeError ? 2 : 1
}
