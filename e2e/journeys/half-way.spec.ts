import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import type { ApprovalWindow } from '../people/approval-window.ts'
import { atStBrigid } from '../people/hospital-visit.ts'
import { killBrowser } from '../people/killed-browser.ts'
import { requestsOf } from '../people/requests-list.ts'
import { arrives, type Setting, startSetting } from '../people/setting.ts'

const longMs = 60_000

let setting: Setting
let portal: Page

// One story: each part goes on where the one before it ended.
test.describe.configure({ mode: 'serial' })

test.beforeAll(async () => {
  setting = await startSetting()
  portal = await arrives(setting)
})
test.afterAll(() => setting?.end())

/** The hospital sends a document, and the patient's window asks. */
async function isSent(kind: 'laboratory' | 'medications' | 'history'): Promise<ApprovalWindow> {
  await portal.bringToFront()
  const asked = await setting.patient.isAsked(() => atStBrigid(portal).sendDocument(kind))
  await asked.asks(/St\. Brigid Hospital sends you/)
  return asked
}

async function comesBack(): Promise<void> {
  const { patient, stack } = setting
  await patient.opensBrowser()
  await patient.seesLocked()
  await patient.unlocks()
  portal = await patient.visits(stack.stBrigid.origin)
  await atStBrigid(portal).signIn('Elvina Lemke')
}

const recordTitles = async () => {
  const { patient } = setting
  await patient.goesTo('/records')
  await patient.app.reload()
  await patient.app.locator('.list-row-title').first().waitFor()
  return await patient.app.getByRole('main').locator('.list-row-title').allInnerTexts()
}

test('the relay dies after the yes: the patient reads what was kept, and tries again', async () => {
  const { stack, patient } = setting
  const asked = await isSent('laboratory')
  await stack.relay().kill()
  await asked.approves('Accept')
  await asked.seesOutcome('This could not be finished')
  await expect(asked.page.getByText(/The record is kept, locked, on this computer/)).toBeVisible()
  await atStBrigid(portal).seesDelivery('laboratory', 'failed')
  expect((await requestsOf(patient)).waiting).toEqual([expect.stringContaining('Could not be finished')])

  await stack.restartRelay()
  await asked.page.bringToFront()
  await asked.page.getByRole('button', { name: 'Try again' }).click()
  await asked.seesOutcome('Saved')
  await asked.closes()
  const { waiting, past } = await requestsOf(patient)
  expect(waiting).toEqual([])
  expect(past[0]).toContain('Saved')
  expect(await recordTitles()).toHaveLength(1)
})

test('the ledger stops after the yes: the record is kept, and finished when it is back', async () => {
  const { stack } = setting
  const asked = await isSent('medications')
  await stack.stopLedger()
  await asked.approves('Accept')
  await asked.seesOutcome('This could not be finished')
  await expect(asked.page.getByText(/The record is kept, locked, on this computer/)).toBeVisible()
  await stack.restartLedger()
  await asked.page.getByRole('button', { name: 'Try again' }).click()
  await asked.seesOutcome('Saved')
  await asked.closes()
  expect(await recordTitles()).toHaveLength(2)
})

test('the window is closed before an answer: the request waits under Requests', async () => {
  const asked = await isSent('history')
  await asked.closes()
  const { waiting } = await requestsOf(setting.patient)
  expect(waiting).toEqual([
    expect.stringMatching(/St\. Brigid Hospital sends “Whole health history”.*Answer by/),
  ])
  const again = await setting.patient.isAsked(async () => {
    await setting.patient.app.getByRole('list', { name: 'Waiting' }).getByRole('button').click()
  })
  await again.asks(/St\. Brigid Hospital sends you/)
})

test('the browser is killed before an answer: after the restart nothing is there, and the patient reads why', async () => {
  const { patient, stack } = setting
  await killBrowser(patient, join(stack.dir, 'patient'))
  await comesBack()
  await expect
    .poll(async () => (await requestsOf(patient)).past[0], { timeout: longMs })
    .toMatch(/“Whole health history”.*Taken back/)
  expect((await requestsOf(patient)).waiting).toEqual([])
  expect(await recordTitles()).toHaveLength(2)
})

test('the browser is killed during the work: after the restart it is finished', async () => {
  const { patient, stack } = setting
  const asked = await isSent('history')
  // The relay stands still, so that the work does too.
  stack.relay().process.kill('SIGSTOP')
  await asked.approves('Accept')
  await expect(asked.page.getByText('Storing the locked record safely')).toBeVisible()
  await killBrowser(patient, join(stack.dir, 'patient'))
  stack.relay().process.kill('SIGCONT')
  await comesBack()
  await expect
    .poll(async () => (await requestsOf(patient)).past, { timeout: longMs })
    .toContainEqual(expect.stringMatching(/“Whole health history”.*Saved/))
  expect(await recordTitles()).toHaveLength(3)
  await portal.reload()
  await atStBrigid(portal).seesDelivery('history', 'saved')
})
