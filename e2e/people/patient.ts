import { type BrowserContext, expect, type Page } from '@playwright/test'
import { openBrowser } from '../stack/browser.ts'
import { extensionId } from '../stack/extension-id.ts'
import { type ApprovalWindow, approvalWindow } from './approval-window.ts'
import { ToolbarPopup } from './toolbar-popup.ts'

const longMs = 60_000

export interface PatientOptions {
  profile: string
  extension: string
  passphrase: string
  colorScheme?: 'light' | 'dark'
}

/** A patient at their own browser with Carekey in it. The profile stays, so that closing and coming back is the same person. */
export class Patient {
  readonly #options: PatientOptions
  #open: { browser: BrowserContext; id: string; app: Page } | undefined
  /** The 24 words, as written on the patient's sheet of paper. */
  words: string[] = []

  constructor(options: PatientOptions) {
    this.#options = options
  }

  async opensBrowser(): Promise<void> {
    const { profile, extension, colorScheme } = this.#options
    const browser = await openBrowser({
      profile,
      extension,
      headless: true,
      ...(colorScheme ? { colorScheme } : {}),
    })
    const id = await extensionId(browser)
    const [app = await browser.newPage()] = browser.pages()
    this.#open = { browser, id, app }
    await this.goesTo('/records')
  }

  async closesBrowser(): Promise<void> {
    await this.#open?.browser.close()
    this.#open = undefined
  }

  get isOpen(): boolean {
    return this.#open !== undefined
  }

  get browser(): BrowserContext {
    return this.#opened.browser
  }

  /** Carekey's own full page. */
  get app(): Page {
    return this.#opened.app
  }

  get #opened() {
    if (!this.#open) throw new Error('The browser is closed.')
    return this.#open
  }

  /** Opens a place of the full page, such as `/records`. */
  async goesTo(place: string): Promise<void> {
    await this.app.bringToFront()
    await this.app.goto(`chrome-extension://${this.#opened.id}/app.html#${place}`)
  }

  async createsVault(): Promise<void> {
    const { app } = this
    const { passphrase } = this.#options
    await this.goesTo('/welcome')
    await app.getByRole('button', { name: 'Create your Carekey' }).click()
    await app.getByLabel('New passphrase', { exact: true }).fill(passphrase)
    await app.getByLabel('The same passphrase again', { exact: true }).fill(passphrase)
    await app.getByRole('button', { name: 'Continue' }).click()
    const words = app.locator('.sheet-word')
    await expect(words).toHaveCount(24, { timeout: longMs })
    this.words = (await words.allTextContents()).map((word) => word.trim())
  }

  async checksWords(): Promise<void> {
    const { app } = this
    await app.getByRole('button', { name: 'I have written them down' }).click()
    for (const field of await app.getByLabel(/^Word \d+$/).all()) {
      const position = Number((await field.getAttribute('id'))?.split('-').at(-1))
      await field.fill(this.words[position - 1] ?? '')
    }
    await app.getByRole('button', { name: 'Check' }).click()
    await expect(app.getByRole('heading', { name: 'Your Carekey is ready' })).toBeVisible()
  }

  async seesLocked(): Promise<void> {
    await expect(this.app.getByLabel('Passphrase', { exact: true })).toBeVisible()
  }

  async unlocks(): Promise<void> {
    await this.app.getByLabel('Passphrase', { exact: true }).fill(this.#options.passphrase)
    await this.app.getByRole('button', { name: 'Unlock' }).click()
    await expect(this.app.getByRole('navigation', { name: 'Carekey' })).toBeVisible({ timeout: longMs })
  }

  async visits(url: string): Promise<Page> {
    const page = await this.browser.newPage()
    await page.goto(url)
    return page
  }

  /** Clicks the toolbar icon over this page and invites Carekey to it. */
  async invitesCarekeyTo(page: Page): Promise<ToolbarPopup> {
    await page.bringToFront()
    const popup = await ToolbarPopup.open(this.browser)
    await popup.presses('Use Carekey on this site')
    await popup.sees('Carekey works on this site.')
    return popup
  }

  /** The window in which Carekey asks, once it opens for what `act` does. */
  async isAsked(act: () => Promise<void>): Promise<ApprovalWindow> {
    const open = this.browser.pages().find((page) => page.url().includes('/approval.html'))
    const opening = open
      ? undefined
      : this.browser.waitForEvent('page', { predicate: isApproval, timeout: longMs })
    // Whether it opened is asked below; when `act` itself fails, that is what must be heard.
    opening?.catch(() => undefined)
    await act()
    const page = open ?? (await opening)
    if (!page) throw new Error('No approval window opened.')
    await page.setViewportSize({ width: 400, height: 640 })
    await page.bringToFront()
    return approvalWindow(page)
  }

  /** The notifications that stand on the patient's desktop now. */
  async notifications(): Promise<string[]> {
    const [worker] = this.browser.serviceWorkers()
    if (!worker) throw new Error('The extension has no service worker.')
    return worker.evaluate(async () => {
      const { chrome } = globalThis as unknown as { chrome: { notifications: { getAll(): Promise<object> } } }
      return Object.keys(await chrome.notifications.getAll())
    })
  }
}

const isApproval = (page: Page) => page.url().includes('/approval.html') || page.url() === 'about:blank'
