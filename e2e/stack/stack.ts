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
import { type OrganizationKeys, organizationKeys } from './keys.ts'
import { ensureAccredited } from './ledger.ts'
import type { Ports } from './ports.ts'

export interface Hospital {
  name: string
  identifier: string
  origin: string
  keys: OrganizationKeys
  server: Child
}

/** Everything but the browser, on one machine. */
export interface Stack extends Foundation {
  stBrigid: Hospital
  lindqvist: Hospital
}

const hospitals = {
  stBrigid: { name: 'St. Brigid Hospital', identifier: 'https://stbrigid.example', folder: 'st-brigid' },
  lindqvist: { name: 'Lindqvist Clinic', identifier: 'https://lindqvist.example', folder: 'lindqvist' },
} as const

/** Starts ledger, contracts, relay and demo hospitals. If one fails, ends those already started and throws. */
export async function startStack(options: FoundationOptions & { ports: Ports }): Promise<Stack> {
  const foundation = await startFoundation(options)
  const start = (key: keyof typeof hospitals) => {
    options.progress?.(`Starting ${hospitals[key].name}`)
    return startHospital(foundation, hospitals[key], options.ports[key])
  }
  try {
    const stBrigid = await start('stBrigid')
    const lindqvist = await start('lindqvist')
    return { ...foundation, stBrigid, lindqvist }
  } catch (error) {
    await foundation.stop()
    throw error
  }
}

async function startHospital(
  foundation: Foundation,
  { name, identifier, folder }: (typeof hospitals)[keyof typeof hospitals],
  port: number,
): Promise<Hospital> {
  const origin = loopback(port)
  const keys = await organizationKeys(join(foundation.dir, folder, 'keys.json'))
  await ensureAccredited(foundation.authority, foundation.network, {
    name,
    identifier,
    signer: addressSchema.parse(privateKeyToAccount(keys.signingKey).address),
    recipient: keys.recipient,
    origins: [origin],
  })
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
    },
    logFile: join(foundation.dir, `logs/${folder}.log`),
    readyUrl: origin,
  })
  foundation.alsoStop(server.stop)
  return { name, identifier, origin, keys, server }
}
