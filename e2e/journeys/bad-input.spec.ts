import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, type Page, test } from '@playwright/test'
import { encodeReinstate, encodeSuspend, encodeUpdate } from '../../shared/contracts/authority.ts'
import type { Call } from '../../shared/contracts/calls.ts'
import { openLedger } from '../../shared/contracts/ledger.ts'
import { readOrganization } from '../../shared/contracts/organizations.ts'
import { submit } from '../../shared/contracts/submit.ts'
import { connectionSchema } from '../../shared/protocol/connection.ts'
import { type Reason, refusals } from '../../shared/protocol/errors.ts'
import { hash32Schema } from '../../shared/protocol/ids.ts'
import { limits } from '../../shared/protocol/limits.ts'
import { type Addressee, type HospitalServer, hospitalServer } from '../people/hospital-server.ts'
import { type Answer, carekeyIn } from '../people/page-provider.ts'
import { requestsOf } from '../people/requests-list.ts'
import { arrives, type Setting, startSetting } from '../people/setting.ts'

const hour = 60 * 60
const MiB = 1024 * 1024

let setting: Setting
let portal: Page
let hospital: HospitalServer
let clinic: HospitalServer
let patient: Addressee
let stranger: Server
let strangerOrigin: string

test.beforeAll(async () => {
  setting = await startSetting()
  const { stack } = setting
  portal = await arrives(setting)
  hospital = hospitalServer(stack, stack.stBrigid)
  clinic = hospitalServer(stack, stack.lindqvist)
  // Connected already: a new challenge is answered without asking.
  const answer = await carekeyIn(portal).calls('care_connect', await hospital.challenge())
  patient = connectionSchema.parse(resultOf(answer))
  stranger = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(
      `<!doctype html><title>Stranger</title><iframe src="${stack.stBrigid.origin}/patient.js"></iframe>`,
    )
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => stranger.once('listening', resolve))
  strangerOrigin = `http://127.0.0.1:${(stranger.address() as AddressInfo).port}`
})

test.afterAll(async () => {
  stranger?.close()
  await setting?.end()
})

const resultOf = (answer: Answer): unknown => {
  if (answer === 'absent' || 'refused' in answer) throw new Error(`Refused: ${JSON.stringify(answer)}`)
  return answer.result
}

/** The declared code and reason, no window, and the patient's list of requests as it was. */
async function refuses(reason: Reason, method: string, params: unknown, page = portal): Promise<void> {
  const before = await requestsOf(setting.patient)
  const answer = await carekeyIn(page).calls(method, params)
  expect(answer, `${method} for ${reason}`).toEqual({
    refused: { code: refusals[reason].code, reason, message: expect.stringMatching(/\w+ \w+.*[.]$/) },
  })
  expect(approvalWindows(), 'no approval window opened').toEqual([])
  expect(await requestsOf(setting.patient), 'the patient’s requests are as they were').toEqual(before)
}

const approvalWindows = () =>
  setting.patient.browser
    .pages()
    .map((page) => page.url())
    .filter((url) => url.includes('/approval.html'))

const authorityActs = (call: Call) => submit(setting.stack.authority, call)

test('refuses a method that it does not know', async () => {
  await refuses('method-unknown', 'care_everything', {})
  await refuses('method-unknown', 'toString', {})
})

test('refuses malformed parameters', async () => {
  const challenge = await hospital.challenge()
  await refuses('params-invalid', 'care_connect', {})
  await refuses('params-invalid', 'care_connect', { ...challenge, andMore: true })
  await refuses('params-invalid', 'care_deposit', { ...(await hospital.offer(patient)), cid: 'not-a-cid' })
  await refuses('params-invalid', 'care_requestAccess', 'records, please')
  await refuses('message-too-large', 'care_connect', {
    ...challenge,
    padding: 'x'.repeat(limits.providerMessageMaxBytes),
  })
})

test('refuses a wrong signature', async () => {
  const [one, other] = [await hospital.challenge(), await hospital.challenge()]
  await refuses('signature-wrong', 'care_connect', { ...one, signature: other.signature })
  const { request, signature } = await hospital.request(patient.patient)
  const widened = { ...request, categories: ['laboratory', 'genetics'] }
  await refuses('signature-wrong', 'care_requestAccess', { request: widened, signature })
  const [offer, another] = [await hospital.offer(patient), await hospital.offer(patient)]
  await refuses('signature-wrong', 'care_deposit', { ...offer, signature: another.signature })
})

test('refuses a stale deadline, and one too far ahead', async () => {
  const now = await hospital.now()
  const stale = { deadline: now - hour }
  await refuses('deadline-passed', 'care_connect', await hospital.challenge(stale))
  await refuses('deadline-passed', 'care_requestAccess', await hospital.request(patient.patient, stale))
  await refuses('deadline-passed', 'care_deposit', await hospital.offer(patient, { anchor: stale }))
  await refuses('deadline-too-far', 'care_connect', await hospital.challenge({ deadline: now + 2 * hour }))
})

test('refuses an origin that is not registered', async () => {
  // Another organization’s words in this hospital’s page.
  await refuses('origin-not-registered', 'care_requestAccess', await clinic.request(patient.patient))
  // Words that were signed for another page.
  const { origin } = new URL(setting.stack.lindqvist.origin)
  await refuses('origin-refused', 'care_connect', await hospital.challenge({ origin: origin as never }))
  // A page that was invited, and whose registration has gone elsewhere since.
  const { network } = setting.stack
  const registered = await readOrganization(openLedger(network), hospital.organization)
  if (!registered) throw new Error('St. Brigid Hospital is not registered.')
  const { id, suspended: _, ...registration } = registered
  await authorityActs(encodeUpdate(network, id, { ...registration, origins: ['https://moved.example'] }))
  await refuses('origin-not-registered', 'care_connect', await hospital.challenge())
  await authorityActs(encodeUpdate(network, id, registration))
  resultOf(await carekeyIn(portal).calls('care_connect', await hospital.challenge()))
})

test('is not there for a page that nobody has registered', async () => {
  const page = await setting.patient.visits(strangerOrigin)
  expect(await carekeyIn(page).calls('care_connect', await hospital.challenge())).toBe('absent')
  expect(await page.evaluate(() => 'chrome' in window && 'runtime' in (window.chrome as object))).toBe(false)
  await page.close()
})

test('is not there for a frame, be it the hospital’s own or in a stranger’s page', async () => {
  const page = await setting.patient.visits(strangerOrigin)
  const framed = page.frames().find((frame) => frame !== page.mainFrame())
  if (!framed) throw new Error('The stranger shows no frame.')
  expect(await carekeyIn(framed as unknown as Page).calls('care_pending')).toBe('absent')
  await page.close()
  await portal.evaluate(() => document.body.append(document.createElement('iframe')))
  const own = portal.frames().find((frame) => frame !== portal.mainFrame())
  if (!own) throw new Error('The hospital shows no frame.')
  expect(await carekeyIn(own as unknown as Page).calls('care_pending')).toBe('absent')
})

test('refuses a suspended organization until it is reinstated', async () => {
  const { network } = setting.stack
  // Staged in time: the relay, too, takes nothing from a suspended organization.
  const offer = await hospital.offer(patient)
  await authorityActs(encodeSuspend(network, hospital.organization))
  await expect(hospital.offer(patient)).rejects.toMatchObject({ reason: 'organization-suspended' })
  await refuses('organization-suspended', 'care_connect', await hospital.challenge())
  await refuses('organization-suspended', 'care_requestAccess', await hospital.request(patient.patient))
  await refuses('organization-suspended', 'care_deposit', offer)
  await authorityActs(encodeReinstate(network, hospital.organization))
  resultOf(await carekeyIn(portal).calls('care_connect', await hospital.challenge()))
})

test('refuses a request for nothing', async () => {
  const empty = await hospital.request(patient.patient, { categories: [] })
  await refuses('scope-empty', 'care_requestAccess', empty)
})

test('refuses a record that is not what was signed', async () => {
  const offer = (change: Parameters<HospitalServer['offer']>[1]) => hospital.offer(patient, change)
  const other = '{"resourceType":"Bundle","type":"collection","id":"x"}  '
  await refuses('record-hash-wrong', 'care_deposit', await offer({ sealedContent: other }))
  await refuses(
    'anchor-mismatch',
    'care_deposit',
    await offer({ sealedStatement: { title: 'Another letter' } }),
  )
  await refuses(
    'statement-mismatch',
    'care_deposit',
    await offer({ statement: { author: clinic.organization } }),
  )
  const nobody = hash32Schema.parse(`0x${'7'.repeat(64)}`)
  await refuses('previous-unknown', 'care_deposit', await offer({ statement: { previous: nobody as never } }))
  const good = await hospital.offer(patient)
  const rubbish = await hospital.stages(patient.patient, new TextEncoder().encode('x'.repeat(8_000)))
  await refuses('record-damaged', 'care_deposit', { ...good, ...rubbish })
  await refuses(
    'patient-mismatch',
    'care_deposit',
    await offer({ anchor: { subject: `0x${'7'.repeat(40)}` as never } }),
  )
})

test('refuses a record over the size limit', async () => {
  const offer = await hospital.offer(patient)
  await refuses('record-too-large', 'care_deposit', {
    ...offer,
    sealedBytes: limits.sealedRecordMaxBytes + 1,
  })
  const { cid } = await hospital.stages(patient.patient, new Uint8Array(2 * MiB))
  await refuses('record-too-large', 'care_deposit', { ...offer, cid })
})

test('refuses a request that was answered before, wherever it comes from', async () => {
  const request = await hospital.request(patient.patient, { categories: ['genetics'] })
  let answered: Promise<Answer> | undefined
  const asked = await setting.patient.isAsked(async () => {
    answered = carekeyIn(portal).calls('care_requestAccess', request)
  })
  await asked.declines()
  await asked.seesOutcome('You declined')
  await asked.closes()
  expect(await answered).toMatchObject({ refused: { code: 4001, reason: 'declined' } })
  expect((await requestsOf(setting.patient)).past[0]).toMatch(/St\. Brigid Hospital.*Declined by you/)
  await refuses('request-replayed', 'care_requestAccess', request)
  const another = await setting.patient.visits(setting.stack.stBrigid.origin)
  await refuses('request-replayed', 'care_requestAccess', request, another)
})

test('refuses to be asked too often', async () => {
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => carekeyIn(portal).calls('care_everything')),
  )
  expect(answers).toContainEqual({
    refused: expect.objectContaining({ code: -32005, reason: 'request-limit' }),
  })
  expect(approvalWindows()).toEqual([])
})
