import { join } from 'node:path'
import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import { atStBrigid } from '../people/hospital-visit.ts'
import { atHartmoor, atRecordsOffice, atRiverside, recordsOf } from '../people/reviewers.ts'
import { faultsOf } from '../people/screen-faults.ts'
import { accepts, arrives, type Setting, startSetting } from '../people/setting.ts'
import { openBrowser } from '../stack/browser.ts'
import { moveLedgerClock } from '../stack/clock.ts'

// A record is pending at the hospital that wrote it until its patient has approved it and two others have found it right.

const laboratory = 'Basic Metabolic Panel'
const medications = 'Medication list'
const longMs = 60_000
const fifteenDays = 15 * 24 * 60 * 60

let setting: Setting
let staff: BrowserContext
let portal: Page
let hartmoor: Page
let riverside: Page
let office: Page

test.describe.configure({ mode: 'serial' })

test.beforeAll(async () => {
  setting = await startSetting()
  const { stack } = setting
  portal = await arrives(setting)
  // The hospitals' people have browsers that know nothing of Carekey.
  staff = await openBrowser({ profile: join(stack.dir, 'staff'), headless: true })
  const visit = async (origin: string) => {
    const page = await staff.newPage()
    await page.goto(origin)
    return page
  }
  hartmoor = await visit(stack.hartmoor.origin)
  riverside = await visit(stack.riverside.origin)
  office = await visit(`${stack.stBrigid.origin}/staff`)
  await atHartmoor(hartmoor).logOn()
  await atRiverside(riverside).start()
  await atRecordsOffice(office).open()
})
test.afterAll(async () => {
  await staff?.close()
  await setting?.end()
})

const standing = (kind: string) => portal.getByTestId(`document-${kind}`).getByTestId('standing')

test('the patient lets two hospitals check it, both find it right, and it becomes a record of the hospital', async () => {
  const records = recordsOf(setting.stack)
  await accepts(setting.patient, portal, 'laboratory', { letReview: true })
  await expect(standing('laboratory')).toHaveText(
    /^Being checked by Hartmoor University Hospital and Riverside Regional Hospital: 0 of 2 say so far/,
  )
  await atHartmoor(hartmoor).opens(laboratory)
  await atHartmoor(hartmoor).readsLine('Glucose')
  await atHartmoor(hartmoor).votesAgainst('Incomplete')
  await atHartmoor(hartmoor).seesVote('Incomplete')
  await atRecordsOffice(office).seesConfirmation(
    laboratory,
    'pending',
    /0 of 2 needed votes for it, 1 against/,
  )
  // On a second look it was complete.
  await atHartmoor(hartmoor).votesFor()
  await atHartmoor(hartmoor).seesVote('Right')
  await atRecordsOffice(office).seesConfirmation(
    laboratory,
    'pending',
    /1 of 2 needed votes for it, 0 against/,
  )
  expect(records.main()).toEqual([])
  expect(records.pending()).toEqual([laboratory])

  await atRiverside(riverside).opens(laboratory)
  expect(await faultsOf({ page: hartmoor, name: 'hartmoor' })).toEqual([])
  expect(await faultsOf({ page: riverside, name: 'riverside' })).toEqual([])
  await riverside.bringToFront()
  await atRiverside(riverside).answers(/Yes, it is right/)
  await atRiverside(riverside).seesAnswer('Right')
  await atRecordsOffice(office).seesConfirmation(laboratory, 'confirmed', /2 of 2.*Moved to the main records/)
  await expect.poll(() => records.main(), { timeout: longMs }).toEqual([laboratory])
  expect(records.pending()).toEqual([])
  await portal.reload()
  await expect(standing('laboratory')).toHaveText(
    'Confirmed by Hartmoor University Hospital and Riverside Regional Hospital, and kept in our main records.',
  )
  await atHartmoor(hartmoor).seesState(laboratory, 'confirmed')
})

test('the patient keeps another to themself: it stays pending, and both sides read why', async () => {
  const records = recordsOf(setting.stack)
  await accepts(setting.patient, portal, 'medications', { letReview: false })
  await expect(standing('medications')).toHaveText(
    /^Not confirmed yet: Hartmoor University Hospital and Riverside Regional Hospital would check it, and you have kept it to yourself\./,
  )
  await atRecordsOffice(office).seesConfirmation(medications, 'pending', /The patient lets nobody check it/)
  expect(records.pending()).toEqual([medications])
  expect(records.main()).toEqual([laboratory])
  await expect(hartmoor.getByTestId('review')).toHaveCount(1)
  await expect(riverside.getByTestId('review')).toHaveCount(1)
})

test('one finds a third implausible and one a duplicate: after the time is up it is rejected with the reasons', async () => {
  const { patient, stack } = setting
  const history = 'Whole health history'
  await accepts(patient, portal, 'history', { letReview: true })
  await atHartmoor(hartmoor).opens(history)
  await atRiverside(riverside).opens(history)
  await atHartmoor(hartmoor).votesAgainst('Not plausible')
  await atHartmoor(hartmoor).seesVote('Not plausible')
  await atRiverside(riverside).answers(/a duplicate/)
  await atRiverside(riverside).seesAnswer('A duplicate')
  await atRecordsOffice(office).seesConfirmation(history, 'pending', /0 of 2 needed votes for it, 2 against/)
  await moveLedgerClock(stack.network.rpcUrl, fifteenDays)
  await atRecordsOffice(office).seesConfirmation(
    history,
    'rejected',
    /Hartmoor University Hospital says: not plausible.*Stays out of the main records/,
  )
  await portal.reload()
  await expect(standing('history')).toHaveText(
    /^Not confirmed: .*Riverside Regional Hospital says: a duplicate/,
  )
  await atStBrigid(portal).seesDelivery('history', 'saved')
  expect(recordsOf(stack).main()).toEqual([laboratory])
  await atRiverside(riverside).seesState(history, 'rejected')
  await atHartmoor(hartmoor).seesState(history, 'rejected')
  expect(await faultsOf({ page: office, name: 'records-office' })).toEqual([])
  expect(await faultsOf({ page: portal, name: 'st-brigid' })).toEqual([])
  expect(await faultsOf({ page: riverside, name: 'riverside-over' })).toEqual([])
})
