import { expect, type Page, test } from '@playwright/test'
import { atCheckIn } from '../people/hospital-visit.ts'
import { faultsOf, type Shot } from '../people/screen-faults.ts'
import { accepts, arrives, type Setting, startSetting } from '../people/setting.ts'
import { extensionId } from '../stack/extension-id.ts'

// Every screen with real data in it, light and dark, narrow and wide: pictures for people's eyes, and no serious fault
// that axe finds.

const longMs = 60_000

let setting: Setting

test.beforeAll(async () => {
  setting = await startSetting()
})
test.afterAll(() => setting?.end())

test('no screen has a serious fault, and each has its picture', async () => {
  const { patient, stack } = setting
  const faults: string[] = []
  const look = async (shot: Shot) => {
    faults.push(...(await faultsOf(shot)))
  }

  const portal = await arrives(setting)
  for (const kind of ['laboratory', 'medications', 'history'] as const) await accepts(patient, portal, kind)
  const checkIn = await patient.visits(stack.lindqvist.origin)
  await atCheckIn(checkIn).arrive('Elvina Lemke')
  await (await patient.invitesCarekeyTo(checkIn)).closes()
  const popup = await patient.visits(`chrome-extension://${await extensionId(patient.browser)}/popup.html`)
  await expect(popup.getByText('Last records')).toBeVisible()
  await look({ page: popup, name: 'popup', isWindow: true })
  await popup.close()
  await checkIn.bringToFront()
  const connecting = await patient.isAsked(() => atCheckIn(checkIn).askToConnect())
  await connecting.asks(/Lindqvist Clinic wants to connect/)
  await look({ page: connecting.page, name: 'approval-connect', isWindow: true })
  await connecting.approves('Connect')
  await connecting.seesOutcome('Connected with Lindqvist Clinic')
  await connecting.closes()
  await atCheckIn(checkIn).seesConnected()

  await checkIn.bringToFront()
  const asked = await patient.isAsked(() => atCheckIn(checkIn).shareRecords())
  await asked.asks(/Lindqvist Clinic wants to see/)
  await look({ page: asked.page, name: 'approval-access', isWindow: true })
  await look({ page: checkIn, name: 'check-in-waits', isWindow: true })
  await sideBySide(checkIn, asked.page)
  await asked.page.bringToFront()
  await asked.leavesOut(/medication/)
  await asked.approves()
  await asked.seesOutcome('Approved')
  await look({ page: asked.page, name: 'approval-approved', isWindow: true })
  await asked.closes()
  await atCheckIn(checkIn).seesReceived(['laboratory'])

  const { app } = patient
  const places = ['/records', '/records/categories', '/requests', '/sharing', '/activity', '/settings']
  for (const place of places) {
    await patient.goesTo(place)
    await expect(app.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(app.getByRole('progressbar')).toHaveCount(0)
    await look({ page: app, name: place.slice(1).replace('/', '-') })
  }
  await patient.goesTo('/records/categories')
  for (const category of ['laboratory', 'medication']) {
    await app
      .getByRole('list', { name: new RegExp(category, 'i') })
      .getByRole('link')
      .first()
      .click()
    await expect(app.getByText('What you read is exactly what was signed.')).toBeVisible({ timeout: longMs })
    await look({ page: app, name: `record-${category}` })
    await app.goBack()
  }
  await patient.goesTo('/sharing')
  await app
    .getByRole('main')
    .getByRole('link', { name: /Lindqvist Clinic/ })
    .click()
  await expect(app.getByRole('button', { name: 'Stop sharing' })).toBeVisible()
  await look({ page: app, name: 'grant' })
  expect(faults).toEqual([])
})

/** The page that asks and the window that answers, in one picture (the README's). */
async function sideBySide(left: Page, right: Page): Promise<void> {
  const shots: string[] = []
  for (const [page, width] of [
    [left, 880],
    [right, 400],
  ] as const) {
    await page.bringToFront()
    await page.emulateMedia({ colorScheme: 'light' })
    await page.setViewportSize({ width, height: 640 })
    shots.push((await page.screenshot({ animations: 'disabled' })).toString('base64'))
  }
  const page = await setting.patient.browser.newPage()
  await page.setViewportSize({ width: 1400, height: 720 })
  const images = shots.map((shot) => `<img src="data:image/png;base64,${shot}">`)
  await page.setContent(
    `<style>
       body { margin: 0; height: 720px; display: flex; gap: 40px; align-items: center; justify-content: center; background: #dfe8ea }
       img { border-radius: 10px; box-shadow: 0 6px 24px rgb(18 38 47 / 22%) }
     </style>${images.join('')}`,
  )
  await page.screenshot({ path: test.info().outputPath('approval.png') })
  await page.close()
}
