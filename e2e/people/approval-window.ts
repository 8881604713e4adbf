import { expect, type Page } from '@playwright/test'

const longMs = 60_000

/** Carekey's own window, in which a person decides. */
export const approvalWindow = (page: Page) => ({
  page,
  async asks(sentence: RegExp) {
    await expect(page.getByRole('heading', { level: 1, name: sentence })).toBeVisible({ timeout: longMs })
  },
  async leavesOut(category: RegExp) {
    await page.getByRole('checkbox', { name: category }).uncheck()
  },
  async shortensTo(duration: string) {
    await page.getByRole('radio', { name: duration, exact: true }).check()
  },
  /** Says whether others may check a record, where that is asked. */
  async letsOthersCheck(yes: boolean) {
    await page
      .getByRole('group', { name: 'May others check it?' })
      .getByRole('radio', { name: yes ? /^Yes/ : /^No/ })
      .check()
  },
  /** Waits as a person would until the button is live. Whoever has not said otherwise keeps a record to themself. */
  async approves(label: 'Approve' | 'Accept' | 'Connect' = 'Approve') {
    const button = page.getByRole('button', { name: label, exact: true })
    await expect(button).toBeVisible()
    const question = page.getByRole('group', { name: 'May others check it?' })
    if ((await question.isVisible()) && !(await question.locator(':checked').isVisible())) {
      await this.letsOthersCheck(false)
    }
    await expect(button).toBeEnabled()
    await button.click()
  },
  async declines() {
    await page.getByRole('button', { name: 'Decline', exact: true }).click()
  },
  async seesOutcome(title: string | RegExp) {
    await expect(page.getByRole('heading', { name: title })).toBeVisible({ timeout: longMs })
  },
  async closes() {
    await page.close()
  },
})
export type ApprovalWindow = ReturnType<typeof approvalWindow>
