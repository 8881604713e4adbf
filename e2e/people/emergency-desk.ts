import { expect, type Page } from '@playwright/test'

const longMs = 60_000

/** The emergency desk at Lindqvist Clinic, in a browser that knows nothing of Carekey. */
export const atTheEmergencyDesk = (page: Page) => ({
  newest: page.getByTestId('case').first(),
  async sitsDown(name: string) {
    await page.bringToFront()
    await page.getByRole('button', { name: new RegExp(name) }).click()
    await expect(page.getByRole('heading', { name: 'Open an emergency summary' })).toBeVisible()
  },
  async leaves() {
    await page.getByRole('button', { name: 'Leave the desk' }).click()
  },
  async opensBy(card: string) {
    await page.bringToFront()
    await page.getByLabel('Emergency card').fill(card)
    await page.getByLabel('Reason').selectOption('danger-to-life')
    await page.getByLabel('What happened, for the review').fill('Found unconscious at the harbour.')
    await page.getByRole('button', { name: 'Sign and open' }).click()
  },
  async seesState(state: 'waiting' | 'open' | 'vetoed' | 'closed') {
    await expect(page.getByTestId('case').first()).toHaveAttribute('data-state', state, { timeout: longMs })
  },
  async seesRefusal() {
    await expect(page.getByRole('alert')).toBeVisible({ timeout: longMs })
  },
  async readsSummary(): Promise<string[]> {
    const summary = page.getByTestId('summary')
    await expect(summary).toBeVisible({ timeout: longMs })
    return (await summary.getByRole('row').allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim())
  },
})
