import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestClient, http, parseEther } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { exportGrant, revoke } from './revoke.ts'
import { depositOne, grantOne } from './testing/granted.ts'
import { newDisk, startLife } from './testing/life.ts'
import { type Setting, startSetting } from './testing/setting.ts'

// Threats, T30: the sponsor is dead. Whoever has the file, or the codes, ends the sharing with a key of their own.

/** `CAREKEY_SPONSORLESS=20` for the whole campaign. */
const times = Number(process.env.CAREKEY_SPONSORLESS ?? 3)

let setting: Setting
let dir: string
const stranger = generatePrivateKey()

beforeAll(async () => {
  setting = await startSetting()
  dir = await mkdtemp(join(tmpdir(), 'carekey-submit-'))
  const { rpcUrl } = setting.chain.network
  const money = createTestClient({ mode: 'anvil', transport: http(rpcUrl) })
  await money.setBalance({ address: privateKeyToAccount(stranger).address, value: parseEther('1') })
}, 60_000)
afterAll(async () => {
  await setting.chain.stop()
  await rm(dir, { recursive: true })
})

function submit(...args: string[]): Promise<{ code: number | null; said: string }> {
  const program = join(import.meta.dirname, '../../shared/contracts/cli/submit.ts')
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args, '--rpc', setting.chain.network.rpcUrl], {
      env: { PATH: process.env.PATH ?? '', CAREKEY_KEY: stranger },
    })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece) => (said += piece))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, said }))
  })
}

it(
  'an exported ending is brought to the ledger by a stranger, every time',
  async () => {
    const brigid = await setting.hospital('St. Brigid Hospital')
    const lindqvist = await setting.hospital('Lindqvist Clinic')
    const life = startLife(setting.chain, setting.relay, newDisk(setting.relay))
    const record = await depositOne(life, brigid)
    for (let time = 1; time <= times; time++) {
      const where = `${time} of ${times}`
      const { grantId, grant } = await grantOne(life, lindqvist, record)
      setting.relay.ledgerDown = true
      expect((await revoke(life.world, grantId)).status, where).toBe('revoking')
      const { json, codes } = await exportGrant(life.world, grantId)
      const path = join(dir, `${time}.txt`)
      // By file and by codes in turn; the codes as they were scanned, last one first.
      const scanned = codes
        .find(({ kind }) => kind === 'revocation')
        ?.pages.reverse()
        .join('\n')
      await writeFile(path, time % 2 === 0 ? (scanned ?? '') : json)
      const { code, said } = await submit(path, '--act', 'revocation')
      expect([code, said], where).toEqual([0, expect.stringContaining('The revocation is on the ledger')])
      const state = await life.world.ledger.grantState(grant.grant.patient, grantId)
      expect(state.revokedAt, where).toBeGreaterThan(0)
      setting.relay.ledgerDown = false
      // Carekey sees it there, though it was not its own sponsor who brought it.
      await life.broker.resume()
      expect((await life.world.tables.grants.get(grantId))?.status, where).toBe('revoked')
    }
  },
  30_000 + times * 30_000,
)

it('what cannot be submitted is said, and nothing is sent', async () => {
  const brigid = await setting.hospital('Norwood Hospital')
  const life = startLife(setting.chain, setting.relay, newDisk(setting.relay))
  const { grantId } = await grantOne(life, brigid, await depositOne(life, brigid))
  const { json } = await exportGrant(life.world, grantId)
  const path = join(dir, 'both.json')
  await writeFile(path, json)
  expect((await submit(path)).said).toContain('holds these acts: grant, revocation. Say which one')
  expect((await submit(path, '--act', 'grant')).code).toBe(1)
  await writeFile(path, '{"format":"something else"}')
  expect((await submit(path)).said).toContain('no file of signed acts')
}, 60_000)
