import { expect, type Page } from '@playwright/test'

type DocumentKind = 'laboratory' | 'medications' | 'history' | 'bill' | 'earlier-bill' | 'copies'

const longMs = 60_000

/** St. Brigid's portal as its patient uses it. */
export const atStBrigid = (page: Page) => ({
  async signIn(name: string) {
    const choice = page.getByRole('radio', { name })
    const welcome = page.getByRole('heading', { name: `Good day, ${name}` })
    // A browser that was killed may still hold the hospital's cookie, and then nobody is asked.
    await expect(choice.or(welcome)).toBeVisible()
    if (await choice.isVisible()) {
      await choice.check()
      await page.getByRole('button', { name: 'Sign in' }).click()
    }
    await expect(welcome).toBeVisible()
  },
  async askToConnect() {
    await page.getByRole('button', { name: 'Connect Carekey' }).click()
  },
  async seesConnected() {
    await expect(page.getByText('Carekey is connected.')).toBeVisible({ timeout: longMs })
  },
  async sendDocument(kind: DocumentKind) {
    await page.getByTestId(`document-${kind}`).getByRole('button').click()
  },
  async seesDelivery(kind: DocumentKind, state: 'saved' | 'declined' | 'failed') {
    await expect(page.getByTestId(`document-${kind}`)).toHaveAttribute('data-state', state, {
      timeout: longMs,
    })
  },
})

/** The records office of St. Brigid Hospital. */
export const atTheRecordsOffice = (page: Page) => ({
  async sitsDown() {
    await page.getByRole('button', { name: 'Open the records office' }).click()
  },
  async seesDisputes(rows: RegExp[]) {
    await expect(page.getByTestId('dispute')).toHaveText(rows, { timeout: longMs })
  },
})

/** Lindqvist Clinic's check-in page, in the patient's own browser. */
export const atCheckIn = (page: Page) => ({
  async arrive(name: string) {
    await page.getByRole('button', { name }).click()
    await expect(page.getByRole('heading', { name: 'please check in' })).toBeVisible()
  },
  async askToConnect() {
    await page.getByRole('button', { name: 'Connect Carekey' }).click()
  },
  async seesConnected() {
    await expect(page.getByTestId('connected')).toBeVisible({ timeout: longMs })
  },
  async shareRecords() {
    await page.getByRole('button', { name: /^Share (your records with us|once more)$/ }).click()
  },
  async seesAnswer(state: string) {
    await expect(page.getByTestId('answer').first()).toHaveAttribute('data-state', state, { timeout: longMs })
  },
  async seesReceived(categories: string[]) {
    const records = page.getByTestId('record')
    await expect(records).toHaveCount(categories.length, { timeout: longMs })
    const received = await records.evaluateAll((cards) =>
      cards.map((card) => card.getAttribute('data-category')),
    )
    expect(received).toEqual(categories)
  },
})

/** The doctor's desk at the clinic, in a browser that knows nothing of Carekey. */
export const atTheDesk = (page: Page) => ({
  async sitDown() {
    await page.getByRole('button', { name: 'Sit down as Dr. Maja Lindqvist' }).click()
  },
  async choosePatient(name: string) {
    await page.getByRole('navigation', { name: 'Patients' }).getByRole('button', { name }).click()
  },
  async askForImaging() {
    await page.getByRole('button', { name: 'Ask for imaging reports' }).click()
  },
  request: (label: string) => page.getByTestId('request').filter({ hasText: label }).first(),
  async seesState(label: string, state: string) {
    await expect(this.request(label)).toHaveAttribute('data-state', state, { timeout: longMs })
  },
  /** Presses "Fetch again" and returns what came of it. */
  async fetchAgain(label: string) {
    const request = this.request(label)
    await request.getByRole('button', { name: 'Fetch again' }).click()
    const result = request.getByTestId('fetch-result')
    await expect(result).toBeVisible({ timeout: longMs })
    const read = async (name: string) => (await result.getAttribute(`data-${name}`)) ?? ''
    return {
      ok: (await read('ok')) === 'true',
      transport: await read('transport'),
      ledger: await read('ledger'),
      relay: await read('relay'),
      message: (await result.textContent()) ?? '',
    }
  },
})
