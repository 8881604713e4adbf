import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Hex } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'
import { openLedger } from '../../shared/contracts/ledger.ts'
import { organizationIdOf } from '../../shared/contracts/organizations.ts'
import {
  encodeRegisterPractitioner,
  encodeSuspendPractitioner,
  practitionerIdOf,
  readPractitioner,
} from '../../shared/contracts/practitioners.ts'
import { submit } from '../../shared/contracts/submit.ts'
import { addressSchema } from '../../shared/protocol/ids.ts'
import type { Role } from '../../shared/protocol/roles.ts'
import type { Foundation } from './foundation.ts'
import type { PortalKey } from './portals.ts'

interface Practitioner {
  name: string
  role: Role
  /** The URI under which the authority registers them. */
  identifier: string
}

/** Who signs at a portal with a key of their own; a real one would lie on their card, not at the hospital's server. */
const practitioners: Partial<Record<PortalKey, readonly Practitioner[]>> = {
  stBrigid: [
    {
      name: 'Dr. Aoife Byrne',
      role: 'physician',
      identifier: 'https://stbrigid.example/practitioners/aoife-byrne',
    },
    {
      name: 'Dr. Conor Walsh',
      role: 'physician',
      identifier: 'https://stbrigid.example/practitioners/conor-walsh',
    },
    {
      name: 'Mary Keane',
      role: 'administration',
      identifier: 'https://stbrigid.example/practitioners/mary-keane',
    },
  ],
  harbourMutual: [
    {
      name: 'Ines Prado',
      role: 'administration',
      identifier: 'https://harbourmutual.example/practitioners/ines-prado',
    },
  ],
  lindqvist: [
    {
      name: 'Dr. Nadia Holm',
      role: 'emergency',
      identifier: 'https://lindqvist.example/practitioners/nadia-holm',
    },
    {
      name: 'Dr. Maja Lindqvist',
      role: 'physician',
      identifier: 'https://lindqvist.example/practitioners/maja-lindqvist',
    },
  ],
}

const year = 365 * 24 * 60 * 60
const keysSchema = z.record(
  z.string(),
  z.string().transform((key) => key as Hex),
)

/** Registers a portal's practitioners and says, for its environment, who they are and how they sign. */
export async function ensurePractitioners(
  { authority, network, dir }: Foundation,
  key: PortalKey,
  { identifier: organization, folder }: { identifier: string; folder: string },
): Promise<string> {
  const file = join(dir, folder, 'practitioners.json')
  const kept = existsSync(file) ? keysSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : {}
  const ledger = openLedger(network)
  const known: (Pick<Practitioner, 'name' | 'role'> & { id: string; signingKey: Hex })[] = []
  for (const { name, role, identifier } of practitioners[key] ?? []) {
    const signingKey = kept[identifier] ?? generatePrivateKey()
    kept[identifier] = signingKey
    const id = practitionerIdOf(identifier)
    if (!(await readPractitioner(ledger, id))) {
      const now = Math.floor(Date.now() / 1_000)
      const statement = {
        role,
        signer: addressSchema.parse(privateKeyToAccount(signingKey).address),
        validFrom: now - year,
        validUntil: now + 2 * year,
      }
      await submit(
        authority,
        encodeRegisterPractitioner(network, id, organizationIdOf(organization), statement),
      )
    }
    known.push({ name, role, id, signingKey })
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(kept, null, 2), { mode: 0o600 })
  return JSON.stringify(known)
}

/** What the authority does about somebody who must not go on. */
export async function suspendPractitioner(
  { authority, network }: Pick<Foundation, 'authority' | 'network'>,
  name: string,
): Promise<void> {
  const found = Object.values(practitioners)
    .flat()
    .find((one) => one.name === name)
  if (!found) throw new Error(`Nobody here is called ${name}.`)
  await submit(authority, encodeSuspendPractitioner(network, practitionerIdOf(found.identifier)))
}
