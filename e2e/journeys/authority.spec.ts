import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import { generateHybridIdentity, identityToRecipient } from 'age-encryption'
import { encodeDispute, readDispute } from '../../shared/contracts/disputes.ts'
import {
  encodeEmergencyOpening,
  encodeEmergencyPolicy,
  readEmergencyCase,
} from '../../shared/contracts/emergency.ts'
import { openLedger, readHead } from '../../shared/contracts/ledger.ts'
import { organizationIdOf } from '../../shared/contracts/organizations.ts'
import { readStatistics } from '../../shared/contracts/statistics.ts'
import { submit } from '../../shared/contracts/submit.ts'
import { signTestDispute } from '../../shared/contracts/test-credits.ts'
import { registerTestMedic, signTestOpening, signTestPolicy } from '../../shared/contracts/test-emergency.ts'
import { newPatient } from '../../shared/contracts/test-ledger.ts'
import { commitmentSchema } from '../../shared/protocol/ids.ts'
import { atOffice, atRegister } from '../people/authority-office.ts'
import { openBrowser } from '../stack/browser.ts'
import { moveLedgerClock } from '../stack/clock.ts'
import { freePorts } from '../stack/ports.ts'
import { publishSampleStatistics } from '../stack/sample-statistics.ts'
import { type Stack, startStack } from '../stack/stack.ts'

// An officer and a member of the public, each at a page of their own.

const hour = 60 * 60
const sizes = { narrow: { width: 400, height: 640 }, wide: { width: 1200, height: 900 } }

// Each goes on where the former ended.
test.describe.configure({ mode: 'serial' })

let dir: string
let stack: Stack
let browser: BrowserContext
let desk: Page
let register: Page

test.beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'carekey-authority-'))
  stack = await startStack({ dir, ports: await freePorts() })
  await publishSampleStatistics(stack)
  browser = await openBrowser({ profile: join(dir, 'officer'), headless: true })
  desk = await browser.newPage()
  register = await browser.newPage()
  await register.goto(stack.authorityOrigin)
  await desk.goto(`${stack.authorityOrigin}/office`)
  await atOffice(desk).signsIn('Amara Okafor')
})
test.afterAll(async () => {
  await browser?.close()
  await stack?.stop()
  rmSync(dir, { recursive: true, force: true })
})

const county = async () => ({
  name: 'County Hospital',
  identifier: 'https://county.example',
  origin: 'https://portal.county.example',
  signer: newPatient().address,
  recipient: await identityToRecipient(await generateHybridIdentity()),
})

test('an officer registers a hospital and suspends it, and the public sees each with its block', async () => {
  const office = atOffice(desk)
  const hospital = await county()
  await office.fillsIn({ ...hospital, signer: '0x12', recipient: 'age1x' })
  await office.confirms()
  await office.seesFault('Enter the signing address')
  await office.seesFault('Enter the sealing recipient')
  await office.fillsIn(hospital)
  await office.confirms()
  const registered = await office.isTold('County Hospital is registered.')

  await atRegister(register).sees('County Hospital', 'Accredited')
  await atRegister(register).opens('County Hospital')
  await atRegister(register).seesChange(registered, 'Registered')

  await office.goesTo('organizations', 'Organizations')
  await office.opens('County Hospital')
  await office.suspends()
  const suspended = await office.isTold('County Hospital is suspended.')
  expect(suspended).toBeGreaterThan(registered)
  await atRegister(register).seesChange(suspended, 'Suspended')
  await expect(register.getByRole('definition').first()).toHaveText('Suspended')
  await office.reinstates()
  await atRegister(register).seesChange(await office.isTold('is reinstated.'), 'Reinstated')
  await atRegister(register).seesChange(suspended, 'Suspended')
})

test('an officer approves a supporter, and is told why not the other way round', async () => {
  const office = atOffice(desk)
  await office.goesTo('support', 'Who votes on whose records')
  const approve = async (supporter: string, author: string) => {
    await desk.getByLabel('Supporter', { exact: true }).selectOption(supporter)
    await desk.getByLabel('Author', { exact: true }).selectOption(author)
    await desk.getByRole('button', { name: 'Approve', exact: true }).click()
  }
  await approve('County Hospital', 'Lindqvist Clinic')
  await office.isTold('County Hospital may vote on what Lindqvist Clinic deposits.')
  await approve('Lindqvist Clinic', 'County Hospital')
  await office.seesFault('the ledger allows one direction only')
})

test('an officer states the review that an emergency owes', async () => {
  const { network, authority } = stack
  const ledger = openLedger(network)
  const { timestamp: startedAt } = await readHead(ledger)
  const world = {
    deployed: network,
    startedAt,
    wallet: authority,
    stBrigid: { id: organizationIdOf(stack.stBrigid.identifier) },
  }
  const patient = newPatient()
  const medic = await registerTestMedic(world)
  await submit(authority, encodeEmergencyPolicy(network, await signTestPolicy(world, patient)))
  const opening = await signTestOpening(world, medic, patient)
  await submit(authority, encodeEmergencyOpening(network, opening))
  await moveLedgerClock(network.rpcUrl, 3 * hour)

  const office = atOffice(desk)
  await office.goesTo('emergencies', 'Emergency reviews')
  await desk.getByLabel('Yes, it was justified').check()
  await desk.getByLabel('Findings').fill('Found unconscious at the station.')
  await desk.getByRole('button', { name: 'State the review' }).click()
  await office.isTold('The review is stated.')
  await expect(desk.getByText('No review is owed.')).toBeVisible()
  const kept = await readEmergencyCase(ledger, opening.opening.patient, opening.id)
  expect(kept?.review).toMatchObject({ justified: true })
})

test('an adjudicator answers a dispute', async () => {
  const { network, authority } = stack
  const { timestamp: startedAt } = await readHead(openLedger(network))
  const patient = newPatient()
  const commitment = commitmentSchema.parse(`0x${'5'.repeat(64)}`)
  const dispute = await signTestDispute({ deployed: network, startedAt }, patient, commitment)
  await submit(authority, encodeDispute(network, dispute))
  const office = atOffice(desk)
  await office.goesTo('disputes', 'Disputes')
  await expect(desk.getByText('that no record on the ledger names')).toBeVisible()
  await desk.getByLabel('No, the dispute is dismissed').check()
  await desk.getByLabel('Findings').fill('Nobody ever wrote such a record.')
  await desk.getByRole('button', { name: 'Answer the dispute' }).click()
  await office.isTold('The dispute is answered.')
  const { subject } = dispute.dispute
  expect(await readDispute(openLedger(network), subject, commitment)).toMatchObject({ status: 'dismissed' })
})

test('the public register adds up what hospitals published', async () => {
  const published = await readStatistics(openLedger(stack.network))
  const women = published
    .flatMap(({ rows }) => rows)
    .reduce((sum, { sex, diagnoses }) => sum + (sex === 'female' ? diagnoses : 0), 0)
  expect(women).toBeGreaterThan(0)
  await register.goto(stack.authorityOrigin)
  const row = register.getByRole('row', { name: /Women and girls/ })
  await expect(row).toContainText(women.toLocaleString('en'))
})

test('nobody acts at the desk without signing in', async () => {
  const act = await fetch(`${stack.authorityOrigin}/api/acts/suspend`, { method: 'POST', body: '{}' })
  expect(act.status).toBe(401)
  expect(await (await fetch(`${stack.authorityOrigin}/api/office`)).json()).toBeNull()
})

test('no page of the authority has a fault, and each has its picture', async () => {
  const faults: string[] = []
  const places: [Page, string, string, string][] = [
    [register, '/#', 'Register of health organizations', 'register'],
    [
      register,
      `/#/organizations/${organizationIdOf('https://county.example')}`,
      'County Hospital',
      'history',
    ],
    [desk, '/office#', 'Officers’ desk', 'desk'],
    [desk, '/office#/organizations', 'Organizations', 'organizations'],
    [desk, `/office#/organizations/${organizationIdOf('https://county.example')}`, 'County Hospital', 'one'],
    [desk, '/office#/register', 'Register an organization', 'form'],
    [desk, '/office#/practitioners', 'Practitioners', 'practitioners'],
    [desk, '/office#/support', 'Who votes on whose records', 'support'],
    [desk, '/office#/disputes', 'Disputes', 'disputes'],
    [desk, '/office#/emergencies', 'Emergency reviews', 'emergencies'],
  ]
  for (const [page, path, heading, name] of places) {
    await page.goto(stack.authorityOrigin + path)
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible()
    faults.push(...(await faultsOf(page, name)))
  }
  expect(faults).toEqual([])
})

async function faultsOf(page: Page, name: string): Promise<string[]> {
  const faults: string[] = []
  const folder = test.info().outputPath('screens')
  mkdirSync(folder, { recursive: true })
  await page.bringToFront()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const [width, size] of Object.entries(sizes)) {
      await page.setViewportSize(size)
      const path = join(folder, `${name}-${colorScheme}-${width}.png`)
      await page.screenshot({ path, fullPage: true, animations: 'disabled' })
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      if (over > 0) faults.push(`${name} ${colorScheme} ${width}: ${over} px too wide`)
    }
    const { violations } = await new AxeBuilder({ page }).analyze()
    for (const { id, nodes } of violations) {
      faults.push(
        `${name} ${colorScheme}: ${id} at ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
      )
    }
  }
  return faults
}
