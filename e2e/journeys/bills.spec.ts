import { test } from '@playwright/test'
import { billsOf } from '../people/bills-page.ts'
import { atStBrigid, atTheRecordsOffice } from '../people/hospital-visit.ts'
import { atHarbourMutual, atTheBillingOffice } from '../people/insurance-visit.ts'
import { accepts, arrives, type Setting, startSetting } from '../people/setting.ts'

let setting: Setting

test.beforeAll(async () => {
  setting = await startSetting()
})
test.afterAll(() => setting?.end())

test('a hospital sends bills, the patient answers each, and the insurer sees them and no care', async () => {
  const { patient, stack } = setting
  const portal = await arrives(setting)
  const bills = billsOf(patient)

  await test.step('a bill waits for its answer among the bills', async () => {
    await accepts(patient, portal, 'laboratory')
    await portal.bringToFront()
    const asked = await patient.isAsked(() => atStBrigid(portal).sendDocument('bill'))
    await asked.asks(/St\. Brigid Hospital sends you 1 bill or insurance paper to keep\./)
    await bills.opens()
    await bills.waits(/St\. Brigid Hospital sends “Bill for your visit of/)
    await asked.page.bringToFront()
    await asked.approves('Accept')
    await asked.seesOutcome('Saved')
    await asked.closes()
    await atStBrigid(portal).seesDelivery('bill', 'saved')
  })

  await test.step('it is there in plain words, to the cent, each currency by itself', async () => {
    await accepts(patient, portal, 'earlier-bill')
    await accepts(patient, portal, 'copies')
    await bills.opens()
    await bills.seesBill(/265\.52/, [
      /Bill for your visit of/,
      /Dual eligible pays.*112\.42/,
      /Left for you.*153\.10/,
    ])
    await bills.seesTotals('US dollars', [/Billed in all.*1,227\.17/, /Your part.*445\.43/])
    await bills.seesTotals('euros', [/Billed in all.*48\.00/])
    await patient.app.screenshot({ path: test.info().outputPath('bills.png'), fullPage: true })
  })

  await test.step('one is disputed, and the hospital sees it with its reason', async () => {
    await bills.disputes(/961\.65/, 'This never happened')
    await bills.seesBill(/961\.65/, [/Disputed by you/, /This never happened/, /Nobody has answered yet/])
    await bills.seesBill(/265\.52/, [/Approved by you/])
    const page = await patient.visits(`${stack.stBrigid.origin}/staff`)
    const office = atTheRecordsOffice(page)
    await office.sitsDown()
    await office.seesDisputes([/Elvina Lemke.*Bill for your visit of.*It never happened.*Open/])
    await page.screenshot({ path: test.info().outputPath('disputes.png'), fullPage: true })
    await page.close()
  })

  await test.step('the insurer is granted the bills', async () => {
    const page = await patient.visits(stack.harbourMutual.origin)
    const insurer = atHarbourMutual(page)
    await insurer.signIn('Elvina Lemke')
    await (await patient.invitesCarekeyTo(page)).closes()
    await page.bringToFront()
    const connecting = await patient.isAsked(() => insurer.askToConnect())
    await connecting.approves('Connect')
    await connecting.seesOutcome('Connected with Harbour Mutual')
    await connecting.closes()
    await insurer.seesConnected()
    await page.bringToFront()
    const asked = await patient.isAsked(() => insurer.showsBills())
    await asked.asks(/Harbour Mutual wants to see 3 bills and insurance papers until/)
    await asked.approves()
    await asked.seesOutcome('Approved')
    await asked.closes()
    await page.screenshot({ path: test.info().outputPath('member.png'), fullPage: true })
  })

  await test.step('its office sees bills and totals, and cannot ask for care', async () => {
    const page = await patient.visits(`${stack.harbourMutual.origin}/office`)
    const office = atTheBillingOffice(page)
    await office.sitsDown()
    const visit = /Bill for your visit of/
    await office.seesBills('Elvina Lemke', [visit, /Invoice for copies/, visit])
    await office.seesTotals('Elvina Lemke', /48\.00 and .*1,227\.17/)
    // St. Brigid names supporters, and the patient let nobody check the bills.
    await office.seesTrust('Elvina Lemke', [
      /^Not confirmed yet/,
      /^Not confirmed yet/,
      /^Disputed by the member/,
    ])
    await office.seesNoCare('Elvina Lemke')
    await office.isRefusedCare('Elvina Lemke')
    await page.screenshot({ path: test.info().outputPath('office.png'), fullPage: true })
  })
})
