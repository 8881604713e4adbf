import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { isOfficer } from '../officers.ts'
import { organizationIdOf, readOrganization } from '../organizations.ts'
import { practitionerIdOf, readPractitioner } from '../practitioners.ts'
import { isSupportApproved } from '../support.ts'
import { newPatient, startTestLedger, type TestLedger } from '../test-ledger.ts'
import { runScript, storyMs, testKeys, writeTestNetwork } from './test-program.ts'

vi.setConfig({ testTimeout: storyMs })

let world: TestLedger
let dir: string
let network: string

beforeAll(async () => {
  world = await startTestLedger()
  dir = mkdtempSync(join(tmpdir(), 'carekey-authority-'))
  network = join(dir, 'network.json')
  writeTestNetwork(network, world)
})
afterAll(async () => {
  await world.stop()
  rmSync(dir, { recursive: true, force: true })
})

/** As the first registrar, unless another environment is given. */
const authority = (args: readonly string[], env: Record<string, string> = { CAREKEY_KEY: testKeys.admin }) =>
  runScript('authority.ts', args, { CAREKEY_NETWORK: network, ...env })

/** Must end well; returns what it says to a program. */
async function done(args: readonly string[], env?: Record<string, string>) {
  const { code, stdout, stderr } = await authority([...args, '--json'], env)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}

/** Must fail; returns the line that it says to a person. */
async function fails(args: readonly string[], env?: Record<string, string>): Promise<string> {
  const { code, stdout, stderr } = await authority(args, env)
  expect(code).toBeGreaterThan(0)
  expect(stdout).toBe('')
  return stderr
}

const hospital = 'https://county.example'
const hospitalId = organizationIdOf(hospital)
const recipient = `age1pq1${'q'.repeat(1_950)}`
const signer = newPatient().address.toLowerCase()
const registration = [
  'register-organization',
  ...['--organization', hospital, '--name', 'County Hospital', '--signer', signer],
  ...['--recipient', recipient, '--origin', 'https://portal.county.example'],
]

describe('organizations', () => {
  it('rehearses a registration without sending anything', async () => {
    const { outcome, gas } = await done([...registration, '--dry-run'])
    expect(outcome).toBe('rehearsed')
    expect(gas).toBeGreaterThan(100_000)
    expect(await readOrganization(world.ledger, hospitalId)).toBeNull()
  })

  it('rehearses for an address whose key is elsewhere', async () => {
    const args = [...registration, '--dry-run', '--from', testKeys.adminAddress]
    expect(await done(args, {})).toMatchObject({ outcome: 'rehearsed', by: testKeys.adminAddress })
    expect(await fails([...registration, '--from', testKeys.adminAddress], {})).toMatch(
      /--from is for --dry-run/,
    )
  })

  it('registers one, and finds nothing to do when told again', async () => {
    expect(await done(registration)).toMatchObject({ outcome: 'done', what: 'register County Hospital' })
    expect(await readOrganization(world.ledger, hospitalId)).toMatchObject({
      name: 'County Hospital',
      signer,
      origins: ['https://portal.county.example'],
      suspended: false,
    })
    expect((await done(registration)).outcome).toBe('unchanged')
    expect(await fails([...registration, '--name', 'Another'])).toMatch(/update-organization/)
  })

  it('updates what is given and leaves the rest', async () => {
    const until = ['--valid-until', '2040-05-17']
    await done(['update-organization', '--organization', hospital, '--name', 'County', ...until])
    expect(await readOrganization(world.ledger, hospitalId)).toMatchObject({
      name: 'County',
      signer,
      validUntil: Date.UTC(2040, 4, 17) / 1_000,
    })
    expect(await fails(['update-organization', '--organization', hospital])).toMatch(/Nothing to change/)
    const backwards = ['--valid-from', '2041-01-01', '--valid-until', '2040-01-01']
    expect(await fails(['update-organization', '--organization', hospital, ...backwards])).toMatch(
      /ends \(2040-01-01\) before it begins/,
    )
  })

  it('rotates the key, taking a long recipient from a file', async () => {
    const next = newPatient().address.toLowerCase()
    const file = join(dir, 'recipient.txt')
    writeFileSync(file, `age1pq1${'z'.repeat(1_950)}\n`)
    await done(['rotate', '--organization', hospital, '--signer', next, '--recipient', file])
    expect(await readOrganization(world.ledger, hospitalId)).toMatchObject({
      signer: next,
      recipient: `age1pq1${'z'.repeat(1_950)}`,
    })
    expect(
      await fails(['rotate', '--organization', hospital, '--signer', world.lindqvist.signer.address]),
    ).toMatch(/SignerTaken/)
  })

  it('suspends and reinstates, each once', async () => {
    const at = ['--organization', hospitalId]
    expect((await done(['suspend', ...at])).outcome).toBe('done')
    expect((await readOrganization(world.ledger, hospitalId))?.suspended).toBe(true)
    expect((await done(['suspend', ...at])).outcome).toBe('unchanged')
    expect((await done(['reinstate', ...at])).outcome).toBe('done')
    expect((await done(['reinstate', ...at])).outcome).toBe('unchanged')
  })

  it('lists all and shows one with its history by block', async () => {
    const names = (await done(['list'], {})).map((found: { name: string }) => found.name)
    expect(names).toEqual(['St. Brigid Hospital', 'Lindqvist Clinic', 'County'])
    const { history, standing } = await done(['show', '--organization', hospital], {})
    expect(standing).toBe('accredited')
    expect(history.map((change: { kind: string }) => change.kind)).toEqual([
      ...['registered', 'updated', 'updated', 'suspended', 'reinstated'],
    ])
    const blocks: number[] = history.map((change: { blockNumber: number }) => change.blockNumber)
    expect(blocks).toEqual([...new Set(blocks)].sort((a, b) => a - b))
    const { stdout } = await authority(['show', '--organization', hospital], {})
    expect(stdout).toMatch(/^Name {8}County$/m)
    expect(stdout).toMatch(/suspended/)
    expect((await authority(['list'], {})).stdout).toMatch(/^NAME +STANDING +UNTIL +ORIGINS +ID$/m)
  })
})

const nurse = 'https://county.example/practitioners/7'

describe('practitioners', () => {
  const registered = [
    'register-practitioner',
    ...['--practitioner', nurse, '--organization', hospital, '--role', 'nurse', '--signer', signer],
  ]

  it('registers, updates, suspends, reinstates, lists and shows one', async () => {
    const id = practitionerIdOf(nurse)
    expect((await done(registered)).outcome).toBe('done')
    expect((await done(registered)).outcome).toBe('unchanged')
    expect(await fails([...registered, '--role', 'physician'])).toMatch(/update-practitioner/)
    await done(['update-practitioner', '--practitioner', nurse, '--role', 'physician'])
    expect(await readPractitioner(world.ledger, id)).toMatchObject({
      role: 'physician',
      organization: hospitalId,
    })
    await done(['suspend-practitioner', '--practitioner', nurse])
    expect((await readPractitioner(world.ledger, id))?.suspended).toBe(true)
    expect((await done(['suspend-practitioner', '--practitioner', nurse])).outcome).toBe('unchanged')
    await done(['reinstate-practitioner', '--practitioner', nurse])
    expect((await done(['reinstate-practitioner', '--practitioner', nurse])).outcome).toBe('unchanged')
    expect(await done(['list-practitioners', '--organization', hospital], {})).toMatchObject([
      { id, standing: 'accredited' },
    ])
    const { history } = await done(['show-practitioner', '--practitioner', nurse], {})
    expect(history.map((change: { kind: string }) => change.kind)).toEqual([
      ...['registered', 'updated', 'suspended', 'reinstated'],
    ])
  })

  it('refuses a role, an organization and a practitioner that are none', async () => {
    expect(await fails([...registered, '--role', 'surgeon'])).toMatch(
      /--role surgeon is not one of physician/,
    )
    expect(await fails([...registered, '--organization', 'https://nobody.example'])).toMatch(/"list" shows/)
    expect(await fails(['show-practitioner', '--practitioner', 'https://nobody.example'])).toMatch(
      /"list-practitioners" shows/,
    )
  })
})

describe('supporters', () => {
  it('approves and withdraws, each once, and never two on each other', async () => {
    const [author, supporter] = [world.stBrigid.id, world.lindqvist.id]
    const pair = ['--author', author, '--supporter', supporter]
    expect((await done(['approve-support', ...pair])).outcome).toBe('done')
    expect(await isSupportApproved(world.ledger, author, supporter)).toBe(true)
    expect((await done(['approve-support', ...pair])).outcome).toBe('unchanged')
    expect(await done(['list-support'], {})).toEqual([{ author, supporter }])
    const mutual = ['--author', supporter, '--supporter', author]
    expect(await fails(['approve-support', ...mutual])).toMatch(/MutualSupport/)
    expect((await done(['withdraw-support', ...pair])).outcome).toBe('done')
    expect((await done(['withdraw-support', ...pair])).outcome).toBe('unchanged')
    expect(await done(['list-support'], {})).toEqual([])
  })
})

describe('officers', () => {
  const someone = ['--officer', testKeys.officerAddress]

  it('appoints one who then acts, and dismisses them', async () => {
    expect(await fails(['suspend', '--organization', hospital], { CAREKEY_KEY: testKeys.officer })).toMatch(
      /may not do this. "officers" lists who may/,
    )
    expect((await done(['appoint', ...someone])).outcome).toBe('done')
    expect((await done(['appoint', ...someone])).outcome).toBe('unchanged')
    expect(await done(['officers'], {})).toEqual({
      admin: testKeys.adminAddress,
      nextAdmin: null,
      registrars: [testKeys.adminAddress, testKeys.officerAddress],
      adjudicators: [testKeys.adminAddress],
    })
    await done(['suspend', '--organization', hospital], { CAREKEY_KEY: testKeys.officer })
    await done(['reinstate', '--organization', hospital], { CAREKEY_KEY: testKeys.officer })
    expect((await done(['dismiss', ...someone])).outcome).toBe('done')
    expect((await done(['dismiss', ...someone])).outcome).toBe('unchanged')
    expect(await isOfficer(world.ledger, testKeys.officerAddress)).toBe(false)
  })

  it('names a next admin, who cannot accept before the delay is over', async () => {
    await done(['transfer-admin', ...someone])
    expect(await done(['officers'], {})).toMatchObject({ nextAdmin: testKeys.officerAddress })
    expect(await fails(['accept-admin'], { CAREKEY_KEY: testKeys.officer })).toMatch(/Delay/)
    await world.passTime(48 * 60 * 60 + 1)
    await done(['accept-admin'], { CAREKEY_KEY: testKeys.officer })
    expect(await done(['officers'], {})).toMatchObject({ admin: testKeys.officerAddress, nextAdmin: null })
  })
})
