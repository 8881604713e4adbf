import type { BrowserContext } from 'playwright-core'

const withinMs = 15_000

/** The id that the browser gave our extension, read from its service worker's address. */
export async function extensionId(browser: BrowserContext): Promise<string> {
  const worker =
    browser.serviceWorkers()[0] ?? (await browser.waitForEvent('serviceworker', { timeout: withinMs }))
  return new URL(worker.url()).host
}
