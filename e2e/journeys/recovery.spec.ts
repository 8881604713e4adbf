import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { Patient } from '../people/patient.ts'
import { accepts, arrives, type Setting, startSetting } from '../people/setting.ts'

const longMs = 60_000

let setting: Setting
let other: Patient

test.beforeAll(async () => {
  setting = await startSetting()
  const { stack, extension } = setting
  other = new Patient({
    profile: join(stack.dir, 'another-computer'),
    extension,
    passphrase: 'a new one for a new computer',
  })
})
test.afterAll(async () => {
  await other?.closesBrowser()
  await setting?.end()
})

test('24 words and the relay bring every record back on another computer', async () => {
  const { patient, stack } = setting
  const portal = await arrives(setting)
  await accepts(patient, portal, 'laboratory')
  await accepts(patient, portal, 'history')
  const before = await titles(patient)
  expect(before).toHaveLength(2)
  await patient.goesTo('/settings')
  await expect(patient.app.getByText(/^Saved, /)).toBeVisible({ timeout: longMs })
  await patient.closesBrowser()

  await other.opensBrowser()
  const { app } = other
  await other.goesTo('/welcome')
  await app.getByRole('link', { name: 'I have a recovery sheet' }).click()
  for (const [index, word] of patient.words.entries()) {
    await app.getByLabel(`Word ${index + 1}`, { exact: true }).fill(word)
  }
  await expect(app.getByLabel('Relay')).toHaveValue(stack.relayOrigin)
  await app.getByRole('button', { name: 'Continue' }).click()
  await app.getByLabel('New passphrase', { exact: true }).fill('a new one for a new computer')
  await app.getByLabel('The same passphrase again', { exact: true }).fill('a new one for a new computer')
  await app.getByRole('button', { name: 'Restore everything' }).click()
  await expect(app.getByRole('heading', { name: 'Your Carekey is back' })).toBeVisible({ timeout: longMs })
  await expect(app.getByText('2 records are here again.')).toBeVisible()
  await expect(app.getByText(/not in the backup/)).toHaveCount(0)

  expect(await titles(other)).toEqual(before)
  for (const title of before) {
    await other.goesTo('/records')
    await app.getByRole('main').getByRole('link', { name: title }).click()
    await expect(app.getByRole('heading', { level: 1, name: title })).toBeVisible()
    await expect(app.getByText('What you read is exactly what was signed.')).toBeVisible({ timeout: longMs })
  }
})

/** The records' titles as the patient reads them. */
async function titles(patient: Patient): Promise<string[]> {
  await patient.goesTo('/records')
  const rows = patient.app.getByRole('main').locator('.list-row-title')
  await rows.first().waitFor()
  return (await rows.allInnerTexts()).toSorted()
}
