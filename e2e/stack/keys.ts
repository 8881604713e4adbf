import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { generateHybridIdentity, identityToRecipient } from 'age-encryption'
import type { Hex } from 'viem'
import { generatePrivateKey } from 'viem/accounts'
import { z } from 'zod'

const keySchema = z.strictObject({
  signingKey: z.string().transform((key) => key as Hex),
  ageIdentity: z.string(),
  recipient: z.string(),
})
/** What an organization keeps to itself, and the recipient that goes with it. */
export type OrganizationKeys = z.infer<typeof keySchema>

/** An organization's keys, made at first use and kept in a file that only the owner may read. */
export async function organizationKeys(path: string): Promise<OrganizationKeys> {
  if (existsSync(path)) return keySchema.parse(JSON.parse(readFileSync(path, 'utf8')))
  const ageIdentity = await generateHybridIdentity()
  const keys = {
    signingKey: generatePrivateKey(),
    ageIdentity,
    recipient: await identityToRecipient(ageIdentity),
  }
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, JSON.stringify(keys, null, 2), { mode: 0o600 })
  return keys
}

/**
 * The embedded ledger's own test accounts, which hold its test money: known to everybody, worth nothing anywhere else.
 * Real keys come from the operator (docs/operations.md).
 */
export const embeddedLedgerKeys = {
  authority: '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80',
  sponsor: '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d',
  officer: '0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a',
} as const satisfies Record<string, Hex>
