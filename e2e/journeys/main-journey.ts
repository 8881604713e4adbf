import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { clinicDatabase } from '../people/clinic-database.ts'
import { atCheckIn, atStBrigid, atTheDesk } from '../people/hospital-visit.ts'
import { OrganizationServer } from '../people/organization-server.ts'
import { Patient } from '../people/patient.ts'
import { readCounters } from '../people/relay-counters.ts'
import { openBrowser } from '../stack/browser.ts'
import { moveLedgerClock } from '../stack/clock.ts'
import type { Stack } from '../stack/stack.ts'

export interface JourneyStage {
  stack: Stack
  /** Folder of the built extension. */
  extension: string
  /** Where pictures go. */
  screenshots: string
}

export interface Journey {
  steps: { name: string; run: () => Promise<void> }[]
  /** Pictures of every open page, for whoever looks into a failure. */
  lastLook: () => Promise<void>
  end: () => Promise<void>
}

const elvina = 'Elvina Lemke'
const checkInWish = 'Laboratory results and medicines'
const imagingWish = 'Imaging reports'
const hour = 60 * 60

/** One patient's story, from the first click to the last line of the audit trail. */
export function mainJourney({ stack, extension, screenshots }: JourneyStage): Journey {
  const patient = new Patient({
    profile: join(stack.dir, 'patient'),
    extension,
    passphrase: 'seven green herons at dawn',
  })
  const clinic = new OrganizationServer(stack, stack.lindqvist)
  const hospital = new OrganizationServer(stack, stack.stBrigid)
  const database = clinicDatabase(stack)
  let pictures = 0
  const pathOf = (name: string) => {
    pictures += 1
    return join(screenshots, `${String(pictures).padStart(2, '0')}-${name}.png`)
  }
  const picture = async (page: Page, name: string) => {
    const isOver = await page.getByRole('dialog').isVisible()
    if (!isOver) await page.evaluate(() => window.scrollTo(0, 0))
    await page.screenshot({ path: pathOf(name), fullPage: !isOver && !page.url().includes('approval.html') })
  }

  let portal: Page
  let checkIn: Page
  let desk: Page
  let doctor: Awaited<ReturnType<typeof openBrowser>> | undefined

  const accept = async (kind: 'laboratory' | 'medications' | 'history') => {
    await portal.bringToFront()
    const asked = await patient.isAsked(() => atStBrigid(portal).sendDocument(kind))
    await asked.asks(/St\. Brigid Hospital/)
    await picture(asked.page, `deposit-${kind}`)
    await asked.approves('Accept')
    await asked.seesOutcome('Saved')
    await asked.closes()
    await atStBrigid(portal).seesDelivery(kind, 'saved')
  }

  const steps: Journey['steps'] = [
    {
      name: 'The patient creates the vault and checks the 24 words',
      run: async () => {
        await patient.opensBrowser()
        await patient.createsVault()
        await picture(patient.app, 'words')
        await patient.checksWords()
      },
    },
    {
      name: 'Closing the browser and coming back asks for the passphrase',
      run: async () => {
        await patient.closesBrowser()
        await patient.opensBrowser()
        await patient.seesLocked()
        await picture(patient.app, 'locked')
        await patient.unlocks()
        await picture(patient.app, 'empty')
      },
    },
    {
      name: 'The patient connects with St. Brigid Hospital',
      run: async () => {
        portal = await patient.visits(stack.stBrigid.origin)
        await atStBrigid(portal).signIn(elvina)
        const popup = await patient.invitesCarekeyTo(portal)
        await popup.picture(pathOf('popup'))
        await popup.closes()
        await portal.bringToFront()
        const asked = await patient.isAsked(() => atStBrigid(portal).askToConnect())
        await asked.asks(/St\. Brigid Hospital wants to connect/)
        await picture(asked.page, 'connect')
        await asked.approves('Connect')
        await asked.seesOutcome('Connected with St. Brigid Hospital')
        await asked.closes()
        await atStBrigid(portal).seesConnected()
        await picture(portal, 'st-brigid')
      },
    },
    { name: 'Accepts a laboratory report', run: () => accept('laboratory') },
    { name: 'Accepts a medication list', run: () => accept('medications') },
    {
      name: 'Accepts a whole history of over 1 MB',
      run: async () => {
        await accept('history')
        await picture(portal, 'st-brigid-sent')
      },
    },
    {
      name: 'Reads the records by date and by category',
      run: async () => {
        const { app } = patient
        await patient.goesTo('/records')
        const rows = app.getByRole('main').getByRole('listitem')
        await expect(rows).toHaveCount(3)
        await picture(app, 'records-by-date')
        await patient.goesTo('/records/categories')
        await expect(app.getByRole('heading', { level: 2 })).toHaveCount(3)
        await picture(app, 'records-by-category')
        await app
          .getByRole('list', { name: /laboratory/i })
          .getByRole('link')
          .first()
          .click()
        await expect(app.getByRole('table').first()).toBeVisible()
        await expect(app.getByText('resourceType')).toHaveCount(0)
        await picture(app, 'laboratory-report')
      },
    },
    {
      name: 'Lindqvist Clinic asks; the patient removes the medications, shortens to one day, approves',
      run: async () => {
        checkIn = await patient.visits(stack.lindqvist.origin)
        await atCheckIn(checkIn).arrive(elvina)
        await (await patient.invitesCarekeyTo(checkIn)).closes()
        await checkIn.bringToFront()
        const connecting = await patient.isAsked(() => atCheckIn(checkIn).askToConnect())
        await connecting.approves('Connect')
        await connecting.seesOutcome('Connected with Lindqvist Clinic')
        await connecting.closes()
        await atCheckIn(checkIn).seesConnected()

        await checkIn.bringToFront()
        const asked = await patient.isAsked(() => atCheckIn(checkIn).shareRecords())
        await asked.asks(/Lindqvist Clinic wants to see 1 laboratory report and 1 medication/)
        await picture(checkIn, 'check-in-waits')
        await picture(asked.page, 'access-asked')
        await asked.leavesOut(/medication/)
        await asked.shortensTo('1 day')
        await picture(asked.page, 'access-narrowed')
        await asked.approves()
        await asked.seesOutcome('Approved')
        await picture(asked.page, 'access-approved')
        await asked.closes()
        await atCheckIn(checkIn).seesAnswer('narrowed')
      },
    },
    {
      name: 'The clinic holds the verified laboratory report and nothing else',
      run: async () => {
        await atCheckIn(checkIn).seesReceived(['laboratory'])
        await picture(checkIn, 'check-in-received')
        expect(database.receivedCategories()).toEqual(['laboratory'])
        const granted = database.newestGrant()
        expect(granted.decision.outcome).toBe('narrowed')
        const duration = granted.grant.grant.notAfter - granted.grant.grant.notBefore
        expect(duration).toBe(24 * hour)
      },
    },
    {
      name: 'With the browser open the record comes straight over WebRTC, not through the relay',
      run: async () => {
        doctor = await openBrowser({ profile: join(stack.dir, 'doctor'), headless: true })
        desk = await doctor.newPage()
        await desk.goto(`${stack.lindqvist.origin}/desk`)
        await atTheDesk(desk).sitDown()
        await atTheDesk(desk).choosePatient(elvina)
        const { grantId, manifest } = database.newestGrant()
        await expect.poll(() => clinic.peerOf(grantId), { timeout: 30_000 }).not.toBeNull()
        const before = await readCounters(stack.relayOrigin)
        expect(await clinic.fetches({ grantId, cid: manifest, transport: 'webrtc' })).toHaveProperty('served')
        const fetched = await atTheDesk(desk).fetchAgain(checkInWish)
        const after = await readCounters(stack.relayOrigin)
        expect(fetched.ok, fetched.message).toBe(true)
        expect(fetched.transport).toBe('webrtc')
        expect(after.gatewayBytes).toBe(before.gatewayBytes)
        expect(after.circuitBytes - before.circuitBytes).toBeLessThan(64 * 1024)
        await picture(desk, 'desk-fetched-directly')
      },
    },
    {
      name: 'Another organization is refused over WebRTC and by the gateway',
      run: async () => {
        const { grantId, manifest: cid } = database.newestGrant()
        const peer = (await clinic.peerOf(grantId)) ?? ''
        expect(await hospital.fetches({ grantId, cid, transport: 'webrtc', peer })).toEqual({
          refused: 'grant-not-yours',
        })
        expect(await hospital.fetches({ grantId, cid, transport: 'gateway' })).toEqual({
          refused: 'grant-not-yours',
        })
        const stranger = await fetch(`${stack.relayOrigin}/ipfs/${cid}?format=raw`)
        expect(stranger.status).toBe(401)
      },
    },
    {
      name: 'With the browser closed the clinic still fetches, from the relay',
      run: async () => {
        await patient.closesBrowser()
        const before = await readCounters(stack.relayOrigin)
        const fetched = await atTheDesk(desk).fetchAgain(checkInWish)
        expect(fetched.ok, fetched.message).toBe(true)
        expect(fetched.transport).toBe('gateway')
        expect((await readCounters(stack.relayOrigin)).gatewayBytes).toBeGreaterThan(before.gatewayBytes)
        await picture(desk, 'desk-fetched-from-relay')
      },
    },
    {
      name: 'The patient revokes; relay, ledger and browser refuse, each with the reason',
      run: async () => {
        await patient.opensBrowser()
        await patient.unlocks()
        const { grantId, manifest: cid } = database.newestGrant()
        await expect.poll(() => clinic.peerOf(grantId), { timeout: 30_000 }).not.toBeNull()
        const peer = (await clinic.peerOf(grantId)) ?? ''
        await patient.goesTo('/sharing')
        await picture(patient.app, 'sharing')
        await patient.app
          .getByRole('main')
          .getByRole('link', { name: /Lindqvist Clinic/ })
          .click()
        await patient.app.getByRole('button', { name: 'Stop sharing' }).click()
        await picture(patient.app, 'revoke')
        await patient.app.getByRole('button', { name: 'Stop sharing now' }).click()
        await expect(patient.app.getByText('Ended by you').first()).toBeVisible({ timeout: 30_000 })
        await picture(patient.app, 'revoked')
        const fetched = await atTheDesk(desk).fetchAgain(checkInWish)
        expect(fetched.ok).toBe(false)
        expect(fetched.ledger).toBe('grant-revoked')
        expect(fetched.relay).toBe('grant-revoked')
        await picture(desk, 'desk-refused')
        const refused = { refused: 'grant-revoked' }
        expect(await clinic.fetches({ grantId, cid, transport: 'gateway' })).toEqual(refused)
        expect(await clinic.fetches({ grantId, cid, transport: 'webrtc', peer })).toEqual(refused)
      },
    },
    {
      name: 'A doctor asks from her own desk; the patient is notified and declines',
      run: async () => {
        await desk.bringToFront()
        await atTheDesk(desk).askForImaging()
        await atTheDesk(desk).seesState(imagingWish, 'waiting')
        await patient.goesTo('/requests')
        const waiting = patient.app.getByRole('list', { name: 'Waiting' })
        await expect(waiting).toContainText('Lindqvist Clinic', { timeout: 60_000 })
        expect(await patient.notifications()).toHaveLength(1)
        await picture(patient.app, 'requests')
        const asked = await patient.isAsked(async () => {
          await waiting.getByRole('listitem').first().locator('a, button').first().click()
        })
        await asked.asks(/Lindqvist Clinic/)
        await picture(asked.page, 'imaging-asked')
        await asked.declines()
        await asked.seesOutcome('You declined')
        await asked.closes()
        await atTheDesk(desk).seesState(imagingWish, 'declined')
        await picture(desk, 'desk-declined')
      },
    },
    {
      name: 'A grant that runs out ends by itself',
      run: async () => {
        checkIn = await patient.visits(stack.lindqvist.origin)
        await atCheckIn(checkIn).arrive(elvina)
        const asked = await patient.isAsked(() => atCheckIn(checkIn).shareRecords())
        await asked.shortensTo('1 hour')
        await asked.approves()
        await asked.seesOutcome('Approved')
        await asked.closes()
        await expect.poll(() => database.receivedCategories().length, { timeout: 30_000 }).toBe(2)
        const { grantId, manifest: cid } = database.newestGrant()
        await moveLedgerClock(stack.network.rpcUrl, 2 * hour)
        const expired = { refused: 'grant-expired' }
        await expect.poll(() => clinic.fetches({ grantId, cid, transport: 'gateway' })).toEqual(expired)
        const fetched = await atTheDesk(desk).fetchAgain(checkInWish)
        expect(fetched).toMatchObject({ ok: false, ledger: 'grant-expired', relay: 'grant-expired' })
        await picture(desk, 'desk-expired')
      },
    },
    {
      name: 'The patient reads the whole story in the audit trail',
      run: async () => {
        await patient.goesTo('/activity')
        const trail = patient.app.getByRole('main')
        for (const event of [
          'You connected with St. Brigid Hospital.',
          'Lindqvist Clinic asked to see records.',
          'You shared records with Lindqvist Clinic, less than they asked for.',
          'Lindqvist Clinic stated that it has opened records.',
          'Lindqvist Clinic fetched “Basic Metabolic Panel” from this browser.',
          'Lindqvist Clinic fetched “Basic Metabolic Panel” from the relay.',
          'You stopped sharing with Lindqvist Clinic.',
          'The ledger noted that you stopped sharing with Lindqvist Clinic.',
          'You declined to share records with Lindqvist Clinic.',
        ]) {
          await expect(trail.getByText(event).first()).toBeVisible({ timeout: 30_000 })
        }
        await picture(patient.app, 'activity')
      },
    },
  ]

  return {
    steps,
    lastLook: async () => {
      const contexts = [patient.isOpen ? patient.browser : undefined, doctor]
      for (const page of contexts.flatMap((context) => context?.pages() ?? [])) {
        await picture(page, 'last-look').catch(() => undefined)
      }
    },
    end: async () => {
      await patient.closesBrowser()
      await doctor?.close()
      await clinic.stops()
      await hospital.stops()
    },
  }
}
