import { recoverTypedDataAddress } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { expect, test } from 'vitest'
import { grantIdOf, grantSchema, grantTypedData, scopeHashOf, scopeSchema } from './grant.ts'
import { decodePurpose, encodePurpose } from './purposes.ts'
import type { Deployment } from './typed-data.ts'

const account = privateKeyToAccount(`0x${'11'.repeat(32)}`)
const deployment: Deployment = {
  chainId: 31_337,
  contracts: {
    accreditation: `0x${'01'.repeat(20)}`,
    consents: `0x${'02'.repeat(20)}`,
    records: `0x${'03'.repeat(20)}`,
  },
}
const scope = scopeSchema.parse({
  version: 1,
  categories: ['laboratory'],
  period: { start: '2021-11-21', end: '2026-11-21' },
  commitments: [`0x${'5'.repeat(64)}`],
  salt: `0x${'6'.repeat(64)}`,
})
const grant = grantSchema.parse({
  patient: account.address,
  grantee: `0x${'7'.repeat(64)}`,
  purpose: 'TREAT',
  notBefore: 1_800_000_000,
  notAfter: 1_800_086_400,
  scopeHash: scopeHashOf(scope),
  deadline: 1_800_600_000,
})

test('the id of a fixed grant is frozen', () => {
  expect(grantIdOf(deployment, grant)).toMatchInlineSnapshot(
    `"0xe4c5b6a267d1aa3464609a54876a08a8374f4d98a0c9f5cd9e64e0d38f4452b8"`,
  )
})

test('a grant has another id on another chain and another contract', () => {
  const ids = [
    grantIdOf(deployment, grant),
    grantIdOf({ ...deployment, chainId: 1 }, grant),
    grantIdOf(
      { ...deployment, contracts: { ...deployment.contracts, consents: `0x${'09'.repeat(20)}` } },
      grant,
    ),
  ]
  expect(new Set(ids).size).toBe(3)
})

test('every field of a grant is under its signature', async () => {
  const signature = await account.signTypedData(grantTypedData(deployment, grant))
  const changed = { ...grant, notAfter: grant.notAfter + 1 }
  const recover = (of: typeof grant) =>
    recoverTypedDataAddress({ ...grantTypedData(deployment, of), signature })
  expect(await recover(grant)).toBe(account.address)
  expect(await recover(changed)).not.toBe(account.address)
})

test('the scope hash hides what it covers behind its salt', () => {
  expect(scopeHashOf({ ...scope, salt: `0x${'8'.repeat(64)}` })).not.toBe(scopeHashOf(scope))
})

test('a purpose survives the ledger and a foreign code is refused', () => {
  expect(decodePurpose(encodePurpose('TREAT'))).toBe('TREAT')
  expect(() => decodePurpose(`0x${'41'.repeat(4)}${'00'.repeat(28)}`)).toThrow()
})
