import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { recoverTypedDataAddress } from 'viem'
import { openLedger } from '../../shared/contracts/ledger.ts'
import { organizationIdOf, readOrganization } from '../../shared/contracts/organizations.ts'
import { challengeTypedData, signedChallengeSchema } from '../../shared/protocol/connection.ts'
import { networkSchema } from '../../shared/protocol/network.ts'
import { depositReceiptSchema } from '../../shared/protocol/provider.ts'
import { Patient } from '../people/patient.ts'
import { passphrase } from '../people/setting.ts'
import { type StartedProcess, startProcess } from '../people/started-process.ts'
import { repository } from '../stack/foundation.ts'
import { freePorts } from '../stack/ports.ts'

const example = join(repository, 'shared/portal/example')
const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
const longMs = 60_000

let dir: string
let origin: string
let sandbox: StartedProcess | undefined
let server: StartedProcess | undefined
let patient: Patient | undefined

test.beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'carekey-packed-'))
  origin = `http://127.0.0.1:${(await freePorts()).stBrigid}`
  const args = ['e2e/stack/sandbox.ts', '--free-ports', '--dir', join(dir, 'sandbox'), '--origin', origin]
  sandbox = await startProcess(process.execPath, args, { cwd: repository }, (output) =>
    output.includes('Press Ctrl+C'),
  )
})
test.afterAll(async () => {
  await patient?.closesBrowser()
  await server?.stop()
  await sandbox?.stop()
  if (dir) rmSync(dir, { recursive: true, force: true })
})

test('a hospital installs the package and runs the example of the README', async () => {
  const hospital = join(dir, 'hospital')
  mkdirSync(hospital)
  const run = (cwd: string, ...args: string[]) => execFileSync(npm, args, { cwd, encoding: 'utf8' })

  await test.step('packs the project and installs it in an empty folder', () => {
    // Built above: packing again would only build again.
    const packed = run(repository, 'pack', '--ignore-scripts', '--pack-destination', dir, '--json')
    const [{ filename, files }] = JSON.parse(packed) as [{ filename: string; files: { path: string }[] }]
    const outside = files.map(({ path }) => path).filter((path) => !path.startsWith('dist/portal/'))
    expect(outside.toSorted()).toEqual(['LICENSE', 'README.md', 'package.json'])
    writeFileSync(
      join(hospital, 'package.json'),
      '{"name": "my-hospital", "private": true, "type": "module"}',
    )
    run(hospital, 'install', join(dir, filename), '--no-audit', '--no-fund', '--prefer-offline')
    expect(existsSync(join(hospital, 'node_modules/carekey/dist/portal/server.js'))).toBe(true)
    // Nothing else: what the package needs is in it, but for the optional WebRTC.
    expect(existsSync(join(hospital, 'node_modules/viem'))).toBe(false)
  })

  await test.step('starts the example’s server', async () => {
    cpSync(example, hospital, { recursive: true })
    cpSync(join(dir, 'sandbox/portal.json'), join(hospital, 'portal.json'))
    const port = new URL(origin).port
    server = await startProcess(process.execPath, ['server.ts'], { cwd: hospital, env: { PORT: port } }, () =>
      fetch(origin).then(
        ({ ok }) => ok,
        () => false,
      ),
    )
    expect(await (await fetch(origin)).text()).toContain('Connect Carekey')
  })

  await test.step('which signs a challenge that the ledger knows the signer of', async () => {
    const answer = await fetch(`${origin}/challenge`, { method: 'POST', body: '{}' })
    const { challenge, signature } = signedChallengeSchema.parse(await answer.json())
    const { network } = JSON.parse(readFileSync(join(hospital, 'portal.json'), 'utf8')) as {
      network: unknown
    }
    const known = networkSchema.parse(network)
    const organization = await readOrganization(openLedger(known), organizationIdOf(`${origin}/`))
    const signer = await recoverTypedDataAddress({ ...challengeTypedData(known, challenge), signature })
    expect(signer.toLowerCase()).toBe(organization?.signer.toLowerCase())
    expect(challenge.origin).toBe(origin)
  })

  await test.step('connects a patient and sends a letter, through the extension', async () => {
    const extension = join(dir, 'sandbox/extension/chrome-mv3-dev')
    patient = new Patient({ profile: join(dir, 'patient'), extension, passphrase })
    await patient.opensBrowser()
    await patient.createsVault()
    await patient.checksWords()
    const page = await patient.visits(origin)
    await (await patient.invitesCarekeyTo(page)).closes()
    const connecting = await patient.isAsked(() =>
      page.getByRole('button', { name: 'Connect Carekey' }).click(),
    )
    await connecting.asks(/My Hospital wants to connect/)
    await connecting.approves('Connect')
    await connecting.seesOutcome('Connected with My Hospital')
    await connecting.closes()
    await expect(page.locator('output')).toContainText('patient', { timeout: longMs })

    await page.bringToFront()
    const sending = await patient.isAsked(() =>
      page.getByRole('button', { name: 'Send me my letter' }).click(),
    )
    await sending.approves('Accept')
    await sending.seesOutcome('Saved')
    await sending.closes()
    await expect(page.locator('output')).toContainText('anchored', { timeout: longMs })
    const receipt: unknown = JSON.parse((await page.locator('output').textContent()) ?? '')
    expect(depositReceiptSchema.parse(receipt).status).toBe('anchored')
  })
})
