import { expect } from '@playwright/test'
import type { Patient } from './patient.ts'

const longMs = 60_000

/** The patient's own page of bills. */
export const billsOf = (patient: Patient) => ({
  async opens() {
    await patient.goesTo('/bills')
    await expect(patient.app.getByRole('heading', { level: 1, name: 'Bills' })).toBeVisible()
  },
  async waits(title: RegExp) {
    const waiting = patient.app.getByRole('list', { name: 'Waiting for your answer' })
    await expect(waiting.getByRole('listitem')).toHaveText([title], { timeout: longMs })
  },
  /** The bill that says this, such as its total. */
  bill: (text: RegExp) => patient.app.getByRole('article').filter({ hasText: text }),
  async seesBill(text: RegExp, facts: RegExp[]) {
    for (const fact of facts) await expect(this.bill(text)).toHaveText(fact, { timeout: longMs })
  },
  async disputes(text: RegExp, reason: string) {
    await this.bill(text)
      .getByRole('button', { name: /^Dispute/ })
      .click()
    const dialog = patient.app.getByRole('dialog')
    await dialog.getByRole('radio', { name: reason }).check()
    await dialog.getByRole('button', { name: 'Dispute', exact: true }).click()
    await expect(dialog).toBeHidden({ timeout: longMs })
  },
  /** Totals of one currency, such as `US dollars`. */
  async seesTotals(currency: string, facts: RegExp[]) {
    const totals = patient.app.getByRole('region', { name: `In ${currency}` })
    for (const fact of facts) await expect(totals).toHaveText(fact)
  },
})
