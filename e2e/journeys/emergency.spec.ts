import { expect, type Page, test } from '@playwright/test'
import { encodeEmergencyReview } from '../../shared/contracts/emergency.ts'
import { submit } from '../../shared/contracts/submit.ts'
import { randomSalt } from '../../shared/crypto/commit.ts'
import { emergencyCaseIdSchema } from '../../shared/protocol/emergency.ts'
import { cidSchema, grantIdSchema, pseudonymSchema } from '../../shared/protocol/ids.ts'
import { atTheEmergencyDesk } from '../people/emergency-desk.ts'
import { OrganizationServer } from '../people/organization-server.ts'
import { accepts, arrives, type Setting, startSetting } from '../people/setting.ts'
import { openBrowser } from '../stack/browser.ts'
import { moveLedgerClock } from '../stack/clock.ts'

const longMs = 90_000
const minute = 60
const hour = 60 * minute

let setting: Setting
let doctor: Awaited<ReturnType<typeof openBrowser>>
let desk: Page
let card: string

// One story: each part goes on where the one before it ended.
test.describe.configure({ mode: 'serial', timeout: 300_000 })

test.beforeAll(async () => {
  setting = await startSetting()
  const portal = await arrives(setting)
  await accepts(setting.patient, portal, 'medications')
  doctor = await openBrowser({ profile: `${setting.stack.dir}/doctor`, headless: true })
  desk = await doctor.newPage()
  await desk.goto(`${setting.stack.lindqvist.origin}/emergency`)
})
test.afterAll(async () => {
  await doctor?.close()
  await setting?.end()
})

const casesAtTheDesk = async (): Promise<{ id: string; opening: { patient: string } }[]> =>
  (await desk.evaluate(async () => (await fetch('/api/emergency')).json())).cases

test('the patient prepares a card, which is in force once both holders have their part of the key', async () => {
  const { patient } = setting
  const { app } = patient
  await patient.goesTo('/emergency')
  await app.getByRole('link', { name: 'Prepare your emergency card' }).click()
  await app.getByLabel('Your name').fill('Elvina Lemke')
  await app.getByLabel('Something else under allergies').fill('Penicillin')
  await app.getByRole('group', { name: 'Allergies' }).getByRole('button', { name: 'Add' }).click()
  await app.getByRole('group', { name: 'Medications' }).getByRole('checkbox').first().check()
  await app.getByRole('button', { name: 'Add a contact' }).click()
  const contact = app.getByRole('group', { name: 'Contact 1' })
  await contact.getByLabel('Name').fill('Otto Lemke')
  await contact.getByLabel('Telephone').fill('+46 8 123 45 67')
  const holders = app.getByRole('group', { name: 'Key holders' })
  await holders.getByRole('checkbox', { name: /St\. Brigid Hospital/ }).check()
  await holders.getByRole('checkbox', { name: /Lindqvist Clinic/ }).check()
  await app.getByRole('button', { name: 'Put it in force' }).click()
  await expect(app.getByText('In force', { exact: true })).toBeVisible({ timeout: longMs })
  await app.getByRole('link', { name: 'Show the card' }).click()
  const shown = await app.locator('.emergency-card-handle').textContent()
  card = (shown ?? '').replaceAll(/\s/g, '')
  expect(pseudonymSchema.parse(card)).toBe(card)
  expect(await app.getByRole('region', { name: 'Emergency card' }).textContent()).not.toContain('Penicillin')
})

test('a practitioner of another role is refused', async () => {
  await atTheEmergencyDesk(desk).sitsDown('Dr. Maja Lindqvist')
  await atTheEmergencyDesk(desk).opensBy(card)
  await atTheEmergencyDesk(desk).seesRefusal()
  expect(await casesAtTheDesk()).toEqual([])
  await atTheEmergencyDesk(desk).leaves()
})

test('opened by an emergency practitioner, the patient is told and stops it: nothing is released', async () => {
  const { patient, stack } = setting
  await atTheEmergencyDesk(desk).sitsDown('Dr. Nadia Holm')
  await atTheEmergencyDesk(desk).opensBy(card)
  await atTheEmergencyDesk(desk).seesState('waiting')
  await expect(desk.getByTestId('countdown')).toContainText(/1[45]:\d\d/)
  await expect
    .poll(() => patient.notifications(), { timeout: longMs })
    .toContainEqual(expect.stringMatching(/^emergency-0x/))
  await patient.goesTo('/records')
  await patient.app.getByRole('link', { name: 'See it, or stop it' }).click()
  await expect(patient.app.getByText(/An emergency practitioner of Lindqvist Clinic/)).toBeVisible()
  await patient.app.getByRole('button', { name: 'Stop this' }).click()
  await patient.app.getByRole('button', { name: 'Stop it now' }).click()
  await expect(patient.app.getByText('Stopped', { exact: true })).toBeVisible({ timeout: longMs })
  await atTheEmergencyDesk(desk).seesState('vetoed')
  await moveLedgerClock(stack.network.rpcUrl, 20 * minute)
  await atTheEmergencyDesk(desk).seesState('vetoed')
  await expect(desk.getByTestId('summary')).toHaveCount(0)
  await expect(desk.getByTestId('notes')).toHaveCount(0)
})

test('told while locked; after the wait the summary opens and nothing else, and closes by itself', async () => {
  const { patient, stack } = setting
  const before = await patient.notifications()
  await patient.app.getByRole('button', { name: 'Lock' }).click()
  await patient.seesLocked()
  await atTheEmergencyDesk(desk).opensBy(card)
  await atTheEmergencyDesk(desk).seesState('waiting')
  await expect
    .poll(async () => (await patient.notifications()).filter((id) => !before.includes(id)), {
      timeout: longMs,
    })
    .toHaveLength(1)
  await patient.app.bringToFront()
  await patient.unlocks()
  await patient.goesTo('/records')
  await expect(patient.app.getByText('An emergency card is being used')).toBeVisible({ timeout: longMs })

  await moveLedgerClock(stack.network.rpcUrl, 15 * minute)
  await desk.bringToFront()
  const rows = await atTheEmergencyDesk(desk).readsSummary()
  expect(rows).toHaveLength(3)
  expect(rows).toContainEqual(expect.stringContaining('Penicillin'))
  expect(rows).toContainEqual(expect.stringContaining('Call Otto Lemke'))
  const [opened] = await casesAtTheDesk()
  const clinic = new OrganizationServer(stack, stack.lindqvist)
  const other = cidSchema.parse('bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy')
  expect(
    await clinic.fetches({ grantId: grantIdSchema.parse(opened?.id), cid: other, transport: 'gateway' }),
  ).toEqual({ refused: 'grant-unknown' })
  await clinic.stops()

  await moveLedgerClock(stack.network.rpcUrl, 5 * hour)
  await atTheEmergencyDesk(desk).seesState('closed')
  await expect(desk.getByTestId('summary')).toHaveCount(0)
  const notes = desk.getByTestId('notes').first()
  await expect(notes).toContainText('Emergency Override Started')
  await expect(notes).toContainText('Emergency Override Stopped', { timeout: longMs })
})

test('a review is owed until the authority has stated it, and everybody sees it', async () => {
  const { patient, stack } = setting
  await expect(desk.getByTestId('review').first()).toContainText('review is owed')
  await patient.goesTo('/emergency')
  await expect(patient.app.getByText('Owed by the health authority').first()).toBeVisible({ timeout: longMs })
  await expect(patient.app.getByText(/from your relay/).first()).toBeVisible({ timeout: longMs })
  const [opened] = await casesAtTheDesk()
  if (!opened) throw new Error('There is no case at the desk.')
  const findings = { justified: true, findingsHash: randomSalt() }
  const id = emergencyCaseIdSchema.parse(opened.id)
  const of = pseudonymSchema.parse(opened.opening.patient)
  await submit(stack.authority, encodeEmergencyReview(stack.network, of, id, findings))
  await expect(desk.getByTestId('review').first()).toContainText('it was justified', { timeout: longMs })
  await patient.goesTo('/records')
  await patient.goesTo('/emergency')
  await expect(patient.app.getByText(/it was right to use the card/)).toBeVisible({ timeout: longMs })
})

test('a card that is withdrawn opens nothing any more', async () => {
  const { app } = setting.patient
  await app.getByRole('button', { name: 'Withdraw it' }).click()
  await app.getByRole('button', { name: 'Withdraw it now' }).click()
  await expect(app.getByText('Withdrawn', { exact: true })).toBeVisible({ timeout: longMs })
  await atTheEmergencyDesk(desk).opensBy(card)
  await atTheEmergencyDesk(desk).seesRefusal()
})
