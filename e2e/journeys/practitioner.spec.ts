import { expect, test } from '@playwright/test'
import { atCheckIn, atTheDesk } from '../people/hospital-visit.ts'
import { accepts, arrives, type Setting, startSetting } from '../people/setting.ts'
import { suspendPractitioner } from '../stack/practitioners.ts'

let setting: Setting
const wish = 'Laboratory results and medicines'

test.beforeAll(async () => {
  setting = await startSetting()
})
test.afterAll(() => setting?.end())

test('a doctor who is suspended between signing and reading reads nothing more', async () => {
  const { patient, stack } = setting
  const portal = await arrives(setting)
  await accepts(patient, portal, 'laboratory')

  const page = await patient.visits(stack.lindqvist.origin)
  const clinic = atCheckIn(page)
  const desk = atTheDesk(await patient.visits(`${stack.lindqvist.origin}/desk`))

  await test.step('the patient sees that a physician asks, and grants it', async () => {
    await page.bringToFront()
    await clinic.arrive('Elvina Lemke')
    await (await patient.invitesCarekeyTo(page)).closes()
    await page.bringToFront()
    const connecting = await patient.isAsked(() => clinic.askToConnect())
    await connecting.approves('Connect')
    await connecting.seesOutcome('Connected with Lindqvist Clinic')
    await connecting.closes()
    await clinic.seesConnected()
    await page.bringToFront()
    const asked = await patient.isAsked(() => clinic.shareRecords())
    await asked.asks(/Lindqvist Clinic wants to see/)
    await expect(asked.page.getByText('Signed by a physician of Lindqvist Clinic, accredited.')).toBeVisible()
    await asked.page.screenshot({ path: test.info().outputPath('prompt.png') })
    await asked.approves()
    await asked.seesOutcome('Approved')
    await asked.closes()
    await clinic.seesReceived(['laboratory'])
  })

  await test.step('she reads again at her desk', async () => {
    await desk.sitDown()
    await desk.choosePatient('Elvina Lemke')
    expect((await desk.fetchAgain(wish)).ok).toBe(true)
  })

  await test.step('suspended, she is refused by the relay, and the desk says why', async () => {
    await suspendPractitioner(stack, 'Dr. Maja Lindqvist')
    const refused = await desk.fetchAgain(wish)
    expect(refused).toMatchObject({ ok: false, relay: 'practitioner-suspended' })
    expect(refused.message).toContain('our doctor who asked is suspended by the health authority')
  })

  await test.step('nor does she get to ask anew', async () => {
    await page.bringToFront()
    await clinic.shareRecords()
    await clinic.seesAnswer('failed')
    await expect(page.getByTestId('failure')).toHaveText(/has suspended this practitioner/)
  })
})
