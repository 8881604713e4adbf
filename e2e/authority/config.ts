import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { networkSchema } from '../../shared/protocol/network.ts'

const configSchema = z.object({
  AUTHORITY_PORT: z.coerce.number().int().min(0).max(65_535),
  AUTHORITY_DATA: z.string().min(1),
  /** Of a registrar; the demonstration's own */
  AUTHORITY_KEY: z
    .string()
    .regex(/^0x[0-9a-fA-F]{64}$/)
    .transform((key) => key as `0x${string}`),
  NETWORK_FILE: z.string().transform((path) => networkSchema.parse(JSON.parse(readFileSync(path, 'utf8')))),
})

/** Reads what the operator configured; throws with the names of what is wrong, never their values. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const parsed = configSchema.safeParse(env)
  if (!parsed.success) {
    const names = parsed.error.issues.map((issue) => issue.path.join('.'))
    throw new Error(`Set these environment variables: ${[...new Set(names)].join(', ')}.`)
  }
  const { AUTHORITY_PORT, AUTHORITY_DATA, AUTHORITY_KEY, NETWORK_FILE } = parsed.data
  return { port: AUTHORITY_PORT, data: AUTHORITY_DATA, key: AUTHORITY_KEY, network: NETWORK_FILE }
}
