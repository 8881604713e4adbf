import { z } from 'zod'

const practitionerSchema = z.object({
  name: z.string(),
  role: z.string(),
  id: z.string(),
  signingKey: z.string().transform((key) => key as `0x${string}`),
})
/** Somebody who works here and signs with a key of their own. */
export type Practitioner = z.output<typeof practitionerSchema>

const configSchema = z.object({
  PORTAL_PORT: z.coerce.number().int().min(0).max(65_535),
  PORTAL_DATA: z.string().min(1),
  PORTAL_ORIGIN: z.url(),
  NETWORK_FILE: z.string().min(1),
  RELAY_URL: z.url().optional(),
  ORGANIZATION_IDENTIFIER: z.url(),
  ORGANIZATION_SIGNING_KEY: z.string().transform((key) => key as `0x${string}`),
  ORGANIZATION_AGE_IDENTITY: z.string().min(1),
  SUPPORTING_ORGANIZATIONS: z
    .string()
    .default('')
    .transform((list) => list.split(',').filter(Boolean))
    .pipe(z.array(z.url())),
  PRACTITIONERS: z
    .string()
    .default('[]')
    .transform((text) => z.array(practitionerSchema).parse(JSON.parse(text))),
  INBOX_POLL_MS: z.coerce.number().int().min(100).default(1_000),
})

export interface PortalConfig {
  port: number
  /** Folder of the hospital's own database. */
  data: string
  pollMs: number
  /** Identifiers of the organizations that check what this one deposits. */
  supporters: string[]
  practitioners: Practitioner[]
  carekey: {
    network: string
    relay?: string
    organization: { identifier: string; signingKey: `0x${string}`; ageIdentity: string; origin: string }
  }
}

/** Reads what the hospital's operator configured; throws with the names of what is wrong, never their values. */
export function readConfig(env: NodeJS.ProcessEnv): PortalConfig {
  const parsed = configSchema.safeParse(env)
  if (!parsed.success) {
    const names = parsed.error.issues.map((issue) => issue.path.join('.'))
    throw new Error(`Set these environment variables: ${[...new Set(names)].join(', ')}.`)
  }
  const values = parsed.data
  return {
    port: values.PORTAL_PORT,
    data: values.PORTAL_DATA,
    pollMs: values.INBOX_POLL_MS,
    supporters: values.SUPPORTING_ORGANIZATIONS,
    practitioners: values.PRACTITIONERS,
    carekey: {
      network: values.NETWORK_FILE,
      ...(values.RELAY_URL ? { relay: new URL(values.RELAY_URL).origin } : {}),
      organization: {
        identifier: values.ORGANIZATION_IDENTIFIER,
        signingKey: values.ORGANIZATION_SIGNING_KEY,
        ageIdentity: values.ORGANIZATION_AGE_IDENTITY,
        origin: new URL(values.PORTAL_ORIGIN).origin,
      },
    },
  }
}
