import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, type Page, test } from '@playwright/test'
import { archivedDocument } from '../people/hospital-archive.ts'
import { accepts, arrives, passphrase, type Setting, startSetting } from '../people/setting.ts'

const program = fileURLToPath(new URL('./open-with-typage.ts', import.meta.url))

let setting: Setting

test.beforeAll(async () => {
  setting = await startSetting()
})
test.afterAll(() => setting?.end())

/** What the browser downloads by `act`, as a file of the patient's. */
async function downloads(page: Page, name: string, act: () => Promise<void>): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), act()])
  const path = join(setting.stack.dir, name)
  await download.saveAs(path)
  return path
}

test('an exported record and the exported identity open with another age program', async () => {
  const { patient, stack } = setting
  await accepts(patient, await arrives(setting), 'history')
  const { app } = patient

  await patient.goesTo('/records')
  await app.getByRole('main').getByRole('listitem').getByRole('link').first().click()
  const record = await downloads(app, 'record.age', async () => {
    await app.getByRole('button', { name: 'Export this record' }).click()
    await app.getByRole('dialog').getByRole('button', { name: 'Export', exact: true }).click()
  })
  await patient.goesTo('/settings')
  const identity = await downloads(app, 'identity.txt', async () => {
    await app.getByRole('button', { name: 'Export my identity' }).click()
    const dialog = app.getByRole('dialog')
    await dialog.getByLabel('Passphrase', { exact: true }).fill(passphrase)
    await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  })
  expect(readFileSync(record).subarray(0, 21).toString()).toBe('age-encryption.org/v1')
  expect(readFileSync(identity, 'utf8')).toMatch(/^AGE-SECRET-KEY-PQ-1[0-9A-Z]+\n$/)

  const opened = join(stack.dir, 'record.json')
  const ended = spawnSync(process.execPath, [program, identity, record, opened], { encoding: 'utf8' })
  expect(ended.status, ended.stderr).toBe(0)
  const sent = archivedDocument(stack, 'elvina-lemke.history')
  expect(sent.length).toBeGreaterThan(1_000_000)
  expect(readFileSync(opened).equals(sent), 'the very bytes that the hospital sent').toBe(true)
})

test('the identity is given to nobody who does not know the passphrase', async () => {
  const { app } = setting.patient
  await setting.patient.goesTo('/settings')
  await app.reload()
  await app.getByRole('button', { name: 'Export my identity' }).click()
  const dialog = app.getByRole('dialog')
  await dialog.getByLabel('Passphrase', { exact: true }).fill('not the passphrase')
  await dialog.getByRole('button', { name: 'Export', exact: true }).click()
  await expect(dialog.getByText(/passphrase/i).last()).toBeVisible()
  await expect(dialog.locator('[aria-invalid="true"]')).toBeVisible()
})
