import { expect, test } from '@playwright/test'
import { atStBrigid } from '../people/hospital-visit.ts'
import { type Setting, startSetting } from '../people/setting.ts'
import { ToolbarPopup } from '../people/toolbar-popup.ts'

let setting: Setting

test.beforeAll(async () => {
  setting = await startSetting()
})
test.afterAll(() => setting?.end())

test('the toolbar icon brings Carekey into an accredited page, and into no other', async () => {
  const { patient, stack } = setting
  await patient.opensBrowser()
  await patient.createsVault()
  await patient.checksWords()

  const relayPage = await patient.visits(`${stack.relayOrigin}/info`)
  await relayPage.bringToFront()
  const elsewhere = await ToolbarPopup.open(patient.browser)
  await elsewhere.sees('Carekey does nothing here.')
  await elsewhere.closes()

  const portal = await patient.visits(stack.stBrigid.origin)
  await atStBrigid(portal).signIn('Elvina Lemke')
  await atStBrigid(portal).askToConnect()
  await expect(portal.getByTestId('wallet-missing')).toBeVisible()
  await portal.bringToFront()
  const popup = await ToolbarPopup.open(patient.browser)
  await popup.sees('St. Brigid Hospital')
  await popup.picture(test.info().outputPath('popup.png'))
  await popup.presses('Use Carekey on this site')
  await popup.sees('Carekey works on this site.')
  await popup.closes()

  await portal.bringToFront()
  const asked = await patient.isAsked(() => atStBrigid(portal).askToConnect())
  await asked.asks(/St\. Brigid Hospital wants to connect/)
})
