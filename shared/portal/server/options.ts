import { readFile } from 'node:fs/promises'
import { keccak256, stringToHex } from 'viem'
import { type PrivateKeyAccount, privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'
import { CarekeyError } from '../../protocol/errors.ts'
import { type OrganizationId, organizationIdSchema, originSchema } from '../../protocol/ids.ts'
import { type Network, networkSchema } from '../../protocol/network.ts'
import type { DepositStore } from './deposit-store.ts'
import type { EmergencyAuditEvent } from './emergency/audit-event.ts'
import { memoryStore, type PortalStore } from './store.ts'

export type Transport = 'webrtc' | 'gateway' | 'auto'

export interface PortalOptions {
  /** The network's description, or the path or URL of its JSON file. */
  network: Network | string | URL
  /** The relay's origin; the network's first relay if left out. */
  relay?: string
  organization: {
    /** The identifier URI under which the authority registered this organization. */
    identifier: string
    /** The registered signing key: `0x` and 64 hex digits. */
    signingKey: `0x${string}`
    /** The identity of the registered age recipient: `AGE-SECRET-KEY-PQ-1…`. */
    ageIdentity: string
    /** The web origin of this portal, as registered. */
    origin: string
  }
  /** Default: in memory. */
  store?: PortalStore
  /** Where what was offered waits to be confirmed. Default: in memory. */
  deposits?: DepositStore
  /** Where records are fetched from. Default `auto`: from the patient's own browser if it is there, else the relay. */
  transport?: Transport
  /** Where AuditEvents of emergencies are kept, a start and a stop each. Without it no emergency can be opened. */
  audit?: (event: EmergencyAuditEvent) => Promise<void> | void
}

const optionsSchema = z.object({
  relay: originSchema.optional(),
  organization: z.object({
    identifier: z.url(),
    signingKey: z
      .string()
      .regex(/^0x[0-9a-fA-F]{64}$/)
      .transform((key) => key as `0x${string}`),
    ageIdentity: z.string().regex(/^AGE-SECRET-KEY-PQ-1/),
    origin: originSchema,
  }),
  transport: z.enum(['webrtc', 'gateway', 'auto']).default('auto'),
})

/** What every part of the server works with. */
export interface Settings {
  network: Network
  relay: string
  organization: OrganizationId
  account: PrivateKeyAccount
  ageIdentity: string
  origin: string
  store: PortalStore
  transport: Transport
  audit?: PortalOptions['audit']
}

export async function readOptions(options: PortalOptions): Promise<Settings> {
  const parsed = optionsSchema.safeParse(options)
  if (!parsed.success) {
    const where = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ')
    // Names of the fields only: their values are secrets.
    throw new CarekeyError('params-invalid', `The portal's options are not right: check ${where}.`)
  }
  const network = await readNetwork(options.network)
  const { organization, transport } = parsed.data
  return {
    network,
    // networkSchema holds at least one relay.
    relay: parsed.data.relay ?? String(network.relays[0]),
    organization: organizationIdSchema.parse(keccak256(stringToHex(organization.identifier))),
    account: privateKeyToAccount(organization.signingKey),
    ageIdentity: organization.ageIdentity,
    origin: organization.origin,
    store: options.store ?? memoryStore(),
    transport,
    ...(options.audit ? { audit: options.audit } : {}),
  }
}

async function readNetwork(network: PortalOptions['network']): Promise<Network> {
  try {
    return networkSchema.parse(await readJson(network))
  } catch (cause) {
    throw new CarekeyError('params-invalid', 'The description of the network cannot be read.', { cause })
  }
}

async function readJson(network: PortalOptions['network']): Promise<unknown> {
  if (typeof network === 'object' && !(network instanceof URL)) return network
  const text = String(network)
  if (!/^https?:/.test(text)) {
    return JSON.parse(await readFile(network instanceof URL ? network : text, 'utf8'))
  }
  const response = await fetch(text)
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
  return response.json()
}

export const unixNow = (): number => Math.floor(Date.now() / 1_000)
