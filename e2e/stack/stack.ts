import { join } from 'node:path'
import { privateKeyToAccount } from 'viem/accounts'
import { addressSchema } from '../../shared/protocol/ids.ts'
import { type Child, startChild } from './child.ts'
import {
  type Foundation,
  type FoundationOptions,
  loopback,
  repository,
  startFoundation,
} from './foundation.ts'
import { embeddedLedgerKeys, type OrganizationKeys, organizationKeys } from './keys.ts'
import { ensureAccredited, ensureOfficer, ensureSupport } from './ledger.ts'
import { type PortalKey, portalKeys, portalOf, supportersOf } from './portals.ts'
import type { Ports } from './ports.ts'
import { ensurePractitioners } from './practitioners.ts'

export interface Hospital {
  name: string
  identifier: string
  origin: string
  keys: OrganizationKeys
  server: Child
}

/** Everything but the browser, on one machine: the foundation, the authority, and each portal under its key. */
export interface Stack extends Foundation, Record<PortalKey, Hospital> {
  /** The authority's public register; its officers' desk is at `/office`. */
  authorityOrigin: string
}

/**
 * Starts ledger, contracts, relay and authority; accredits every organization and who checks whose records; then starts
 * their portals. If one fails, ends those already started and throws.
 */
export async function startStack(options: FoundationOptions & { ports: Ports }): Promise<Stack> {
  const foundation = await startFoundation(options)
  try {
    options.progress?.('Starting the Health Records Authority')
    const authorityOrigin = await startAuthority(foundation, options.ports.authority)
    options.progress?.('Accrediting the organizations')
    const keysOf = new Map<PortalKey, OrganizationKeys>()
    for (const key of portalKeys) keysOf.set(key, await accredit(foundation, key, options.ports[key]))
    for (const key of portalKeys) {
      for (const { identifier } of supportersOf(key)) {
        await ensureSupport(foundation.authority, foundation.network, portalOf(key).identifier, identifier)
      }
    }
    const started: [PortalKey, Hospital][] = []
    for (const [key, keys] of keysOf) {
      options.progress?.(`Starting ${portalOf(key).name}`)
      started.push([key, await startHospital(foundation, key, keys, options.ports[key])])
    }
    return { ...foundation, authorityOrigin, ...(Object.fromEntries(started) as Record<PortalKey, Hospital>) }
  } catch (error) {
    await foundation.stop()
    throw error
  }
}

/** Its desk acts by the key of an officer of its own, whom the demonstration's first registrar appoints. */
async function startAuthority(foundation: Foundation, port: number): Promise<string> {
  const origin = loopback(port)
  const key = embeddedLedgerKeys.officer
  await ensureOfficer(foundation.authority, foundation.network, privateKeyToAccount(key).address)
  const server = await startChild({
    name: 'The Health Records Authority',
    script: join(repository, 'e2e/authority/server.ts'),
    env: {
      AUTHORITY_PORT: String(port),
      AUTHORITY_DATA: join(foundation.dir, 'authority'),
      AUTHORITY_KEY: key,
      NETWORK_FILE: foundation.networkFile,
    },
    logFile: join(foundation.dir, 'logs/authority.log'),
    readyUrl: origin,
  })
  foundation.alsoStop(server.stop)
  return origin
}

/** An organization's keys, registered with the authority. */
async function accredit(foundation: Foundation, key: PortalKey, port: number): Promise<OrganizationKeys> {
  const { name, identifier, folder } = portalOf(key)
  const keys = await organizationKeys(join(foundation.dir, folder, 'keys.json'))
  await ensureAccredited(foundation.authority, foundation.network, {
    name,
    identifier,
    signer: addressSchema.parse(privateKeyToAccount(keys.signingKey).address),
    recipient: keys.recipient,
    origins: [loopback(port)],
  })
  return keys
}

async function startHospital(
  foundation: Foundation,
  key: PortalKey,
  keys: OrganizationKeys,
  port: number,
): Promise<Hospital> {
  const { name, identifier, folder } = portalOf(key)
  const origin = loopback(port)
  const server = await startChild({
    name,
    script: join(repository, 'e2e/portals', folder, 'server.ts'),
    env: {
      PORTAL_PORT: String(port),
      PORTAL_DATA: join(foundation.dir, folder),
      PORTAL_ORIGIN: origin,
      NETWORK_FILE: foundation.networkFile,
      ORGANIZATION_IDENTIFIER: identifier,
      ORGANIZATION_SIGNING_KEY: keys.signingKey,
      ORGANIZATION_AGE_IDENTITY: keys.ageIdentity,
      SUPPORTING_ORGANIZATIONS: supportersOf(key)
        .map((supporter) => supporter.identifier)
        .join(','),
      PRACTITIONERS: await ensurePractitioners(foundation, key, { identifier, folder }),
    },
    logFile: join(foundation.dir, `logs/${folder}.log`),
    readyUrl: origin,
  })
  foundation.alsoStop(server.stop)
  return { name, identifier, origin, keys, server }
}
