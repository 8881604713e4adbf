import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Hex, isHex } from 'viem'
import { z } from 'zod'
import { originSchema } from '../shared/protocol/ids.ts'
import { type Network, networkSchema } from '../shared/protocol/network.ts'
import type { UpstreamPlace } from './pinning/upstream.ts'
import type { BatchSettings } from './sponsor/batch-item.ts'
import type { S3Place } from './storage/s3-blocks.ts'

/** A setting that the operator has to mend; its message is the one line that is printed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

const port = z.coerce.number().int().min(0).max(65_535)
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
)

const iceServersSchema = z.array(
  z.strictObject({
    urls: z.union([z.string(), z.array(z.string()).min(1)]),
    username: z.string().optional(),
    credential: z.string().optional(),
  }),
)

const json = z.string().transform((text, context) => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    context.addIssue({ code: 'custom', message: 'is not JSON' })
    return z.NEVER
  }
})

const privateKey = z
  .string()
  .trim()
  .refine((value) => isHex(value) && value.length === 66, { message: 'is not 0x and 64 hex digits' })
  .transform((value) => value as Hex)

/** `s3://bucket/prefix` */
const bucket = z
  .url({ protocol: /^s3$/, hostname: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/ })
  .transform((text) => {
    const { hostname, pathname } = new URL(text)
    const prefix = pathname.replaceAll(/^\/+|\/+$/g, '')
    return { bucket: hostname, prefix: prefix === '' ? '' : `${prefix}/` }
  })

const environmentSchema = z.object({
  RELAY_PORT: port.default(8787),
  RELAY_HOST: z.string().min(1).default('127.0.0.1'),
  RELAY_WS_PORT: port.default(8788),
  RELAY_DATA: z.string().min(1).default('.carekey/relay'),
  RELAY_DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  RELAY_BLOCKS: bucket.optional(),
  RELAY_BLOCKS_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  RELAY_BLOCKS_REGION: z.string().min(1).default('us-east-1'),
  RELAY_NAME: z.string().min(1).max(60).default('Carekey relay'),
  RELAY_PUBLIC_URL: originSchema.optional(),
  RELAY_PUBLIC_WS: z.string().startsWith('/').optional(),
  RELAY_ICE_SERVERS: json.pipe(iceServersSchema).default([]),
  RELAY_ALLOWED_ORIGINS: list.pipe(z.array(originSchema).min(1)).optional(),
  RELAY_SPONSOR_KEY: privateKey.optional(),
  RELAY_SPONSOR_KEY_FILE: z.string().min(1).optional(),
  RELAY_BATCHES: z.enum(['asked', 'always']).default('asked'),
  RELAY_BATCH_WINDOW_SECONDS: z.coerce.number().int().min(1).max(3_600).default(60),
  RELAY_BATCH_SIZE: z.coerce.number().int().min(2).max(1_000).default(100),
  RELAY_BATCH_JITTER_SECONDS: z.coerce.number().int().min(0).max(86_400).default(180),
  RELAY_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(5).default(0),
  RELAY_DRAIN_SECONDS: z.coerce.number().int().min(0).max(600).default(0),
  RELAY_UPSTREAM_PINNING: z.url({ protocol: /^https?$/ }).optional(),
  RELAY_UPSTREAM_PINNING_TOKEN: z.string().trim().min(1).optional(),
  RELAY_UPSTREAM_PINNING_TOKEN_FILE: z.string().min(1).optional(),
  LEDGER_URL: z.url({ protocol: /^https?$/ }).optional(),
  LEDGER_NETWORK: z.string().min(1).default('.carekey/network.json'),
})

export interface Config {
  /** 0 takes a free one. */
  port: number
  host: string
  wsPort: number
  dataDir: string
  /** PostgreSQL for what is not blocks; `null`: a file in `dataDir`. */
  databaseUrl: string | null
  /** An S3 bucket for blocks; `null`: files in `dataDir`. */
  blocks: S3Place | null
  name: string
  /** The origin under which browsers reach this relay: the audience of a sign-in. `null`: `http://host:port`. */
  publicUrl: string | null
  /** The multiaddr to announce instead of the address listened on, such as `/dns4/relay.example/tcp/443/wss`. */
  publicWs: string | null
  iceServers: z.infer<typeof iceServersSchema>
  /** `null`: any origin may call; tokens travel in a header, never in a cookie. */
  allowedOrigins: readonly string[] | null
  /** `null`: this relay pays for nobody. */
  sponsorKey: Hex | null
  batches: BatchSettings
  /** How many proxies in front append to `x-forwarded-for`. */
  trustedProxies: number
  /** Another Pinning Service that pins what is pinned here; `null`: none. */
  upstream: UpstreamPlace | null
  /** How long it still serves after it was asked to end, saying so at `/ready`. */
  drainMs: number
  network: Network
}

/** @throws ConfigError with one line that names the setting and says what is wrong with it. */
export function readConfig(environment: Record<string, string | undefined>): Config {
  const settings = readSettings(environment)
  const network = readNetwork(settings.LEDGER_NETWORK)
  return {
    port: settings.RELAY_PORT,
    host: settings.RELAY_HOST,
    wsPort: settings.RELAY_WS_PORT,
    ...placeOf(settings),
    name: settings.RELAY_NAME,
    publicUrl: settings.RELAY_PUBLIC_URL ?? null,
    publicWs: settings.RELAY_PUBLIC_WS ?? null,
    iceServers: settings.RELAY_ICE_SERVERS,
    allowedOrigins: settings.RELAY_ALLOWED_ORIGINS ?? null,
    sponsorKey: settings.RELAY_SPONSOR_KEY ?? readKey(settings.RELAY_SPONSOR_KEY_FILE),
    batches: {
      mode: settings.RELAY_BATCHES,
      windowMs: settings.RELAY_BATCH_WINDOW_SECONDS * 1_000,
      size: settings.RELAY_BATCH_SIZE,
      jitterMs: settings.RELAY_BATCH_JITTER_SECONDS * 1_000,
    },
    trustedProxies: settings.RELAY_TRUSTED_PROXIES,
    upstream: upstreamOf(settings),
    drainMs: settings.RELAY_DRAIN_SECONDS * 1_000,
    network: settings.LEDGER_URL ? { ...network, rpcUrl: settings.LEDGER_URL } : network,
  }
}

/** Where the relay keeps its state: what a command needs that works beside it. @throws ConfigError */
export const readPlace = (environment: Record<string, string | undefined>): Place =>
  placeOf(readSettings(environment))

type Place = Pick<Config, 'dataDir' | 'databaseUrl' | 'blocks'>
type Settings = z.output<typeof environmentSchema>

function readSettings(environment: Record<string, string | undefined>): Settings {
  const given = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''),
  )
  const parsed = environmentSchema.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ConfigError(`${String(issue?.path[0] ?? 'A setting')}: ${issue?.message ?? 'is not valid'}`)
}

const placeOf = (settings: Settings): Place => ({
  dataDir: resolve(settings.RELAY_DATA),
  databaseUrl: settings.RELAY_DATABASE_URL ?? null,
  blocks: settings.RELAY_BLOCKS
    ? {
        ...settings.RELAY_BLOCKS,
        endpoint: settings.RELAY_BLOCKS_ENDPOINT ?? null,
        region: settings.RELAY_BLOCKS_REGION,
      }
    : null,
})

function upstreamOf(settings: Settings): UpstreamPlace | null {
  const url = settings.RELAY_UPSTREAM_PINNING
  if (url === undefined) return null
  const file = settings.RELAY_UPSTREAM_PINNING_TOKEN_FILE
  const token =
    settings.RELAY_UPSTREAM_PINNING_TOKEN ??
    (file === undefined ? '' : readFile('RELAY_UPSTREAM_PINNING_TOKEN_FILE', file).trim())
  if (/^[\x21-\x7e]+$/.test(token)) return { url, token }
  throw new ConfigError(
    'RELAY_UPSTREAM_PINNING: that service wants a token, in RELAY_UPSTREAM_PINNING_TOKEN or RELAY_UPSTREAM_PINNING_TOKEN_FILE',
  )
}

function readNetwork(path: string): Network {
  const parsed = json.pipe(networkSchema).safeParse(readFile('LEDGER_NETWORK', path))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new ConfigError(
    `LEDGER_NETWORK: ${path} does not describe a network (${issue?.path.join('.')}: ${issue?.message})`,
  )
}

function readKey(path: string | undefined): Hex | null {
  if (path === undefined) return null
  const parsed = privateKey.safeParse(readFile('RELAY_SPONSOR_KEY_FILE', path))
  if (parsed.success) return parsed.data
  throw new ConfigError(`RELAY_SPONSOR_KEY_FILE: the content of ${path} is not 0x and 64 hex digits`)
}

function readFile(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new ConfigError(`${setting}: ${path} cannot be read`, { cause })
  }
}
