import { expect, type Page } from '@playwright/test'

const longMs = 60_000

/** Harbour Mutual's page as its member uses it. */
export const atHarbourMutual = (page: Page) => ({
  async signIn(name: string) {
    await page.getByRole('button', { name }).click()
    await expect(page.getByRole('heading', { level: 1, name: `Your bills, ${name}` })).toBeVisible()
  },
  async askToConnect() {
    await page.getByRole('button', { name: 'Connect Carekey' }).click()
  },
  async seesConnected() {
    await expect(page.getByTestId('connected')).toBeVisible({ timeout: longMs })
  },
  async showsBills() {
    await page.getByRole('button', { name: 'Show you my bills' }).click()
  },
})

/** The billing office, in a browser that knows nothing of Carekey. */
export const atTheBillingOffice = (page: Page) => ({
  async sitsDown() {
    await page.getByRole('button', { name: 'Open the billing office' }).click()
  },
  member: (name: string) => page.getByRole('region', { name }),
  async seesBills(name: string, titles: RegExp[]) {
    await expect(this.member(name).getByTestId('claim')).toHaveText(titles, { timeout: longMs })
  },
  async seesTotals(name: string, totals: RegExp) {
    await expect(this.member(name).getByTestId('totals')).toHaveText(totals)
  },
  async seesTrust(name: string, each: RegExp[]) {
    await expect(this.member(name).getByTestId('trust')).toHaveText(each, { timeout: longMs })
  },
  async seesNoCare(name: string) {
    await expect(this.member(name).getByTestId('care')).toHaveText('Records of care that we hold: none')
  },
  async isRefusedCare(name: string) {
    await this.member(name).getByRole('button', { name: 'Ask for laboratory reports as well' }).click()
    await expect(this.member(name).getByTestId('refused')).toHaveText(/one may ask for bills alone/)
  },
})
