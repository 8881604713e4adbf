import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, type Page } from '@playwright/test'
import type { Stack } from '../stack/stack.ts'

const longMs = 60_000

const rowOf = (page: Page, title: string) => page.getByTestId('review').filter({ hasText: title })

async function seesState(page: Page, title: string, state: string) {
  await expect(rowOf(page, title)).toHaveAttribute('data-state', state, { timeout: longMs })
}

/** The worklist at Hartmoor University Hospital. */
export const atHartmoor = (page: Page) => ({
  async logOn() {
    await page.getByRole('button', { name: 'Log on as K. Adeyemi' }).click()
  },
  async opens(title: string) {
    await rowOf(page, title).getByRole('button', { name: title }).click({ timeout: longMs })
    await expect(page.getByRole('heading', { level: 2, name: title })).toBeVisible()
  },
  async readsLine(text: string) {
    await expect(page.getByRole('region', { name: 'Lines of the document' })).toContainText(text)
  },
  async votesFor() {
    await page.getByRole('button', { name: 'Vote: right' }).click()
  },
  async votesAgainst(reason: string) {
    await page.getByLabel('Reason against').selectOption({ label: reason })
    await page.getByRole('button', { name: 'Vote: against' }).click()
  },
  async seesVote(words: string) {
    await expect(page.getByText(`Our vote: ${words}.`)).toBeVisible({ timeout: longMs })
  },
  seesState: (title: string, state: string) => seesState(page, title, state),
})

/** The letters at Riverside Regional Hospital. */
export const atRiverside = (page: Page) => ({
  async start() {
    await page.getByRole('button', { name: 'Start as Nurse Inés Carrasco' }).click()
  },
  async opens(title: string) {
    await rowOf(page, title).getByRole('button').click({ timeout: longMs })
    await expect(page.getByRole('heading', { level: 2, name: title })).toBeVisible()
  },
  async answers(answer: RegExp) {
    await page.getByRole('radio', { name: answer }).check()
    await page.getByRole('button', { name: 'Give this answer' }).click()
  },
  async seesAnswer(words: string) {
    await expect(page.getByTestId('said')).toContainText(words, { timeout: longMs })
  },
  seesState: (title: string, state: string) => seesState(page, title, state),
})

/** The records office at St. Brigid Hospital. */
export const atRecordsOffice = (page: Page) => ({
  async open() {
    await page.getByRole('button', { name: 'Open the records office' }).click()
  },
  async seesConfirmation(title: string, status: 'pending' | 'confirmed' | 'rejected', words: RegExp) {
    const cell = page.getByRole('row').filter({ hasText: title }).getByTestId('confirmation')
    await expect(cell).toHaveAttribute('data-status', status, { timeout: longMs })
    await expect(cell).toContainText(words)
  },
})

/** Looks into St. Brigid's own database: what waits, and what is in its main table. */
export function recordsOf(stack: Stack) {
  const titles = (table: 'pending_record' | 'health_record'): string[] => {
    const path = join(stack.dir, 'st-brigid', 'st-brigid.sqlite')
    const database = new DatabaseSync(path, { readOnly: true })
    try {
      const rows = database.prepare(`SELECT json_extract(statement, '$.title') AS title FROM ${table}`).all()
      return rows.map((row) => String(row.title)).sort()
    } finally {
      database.close()
    }
  }
  return { pending: () => titles('pending_record'), main: () => titles('health_record') }
}
