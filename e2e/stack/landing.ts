import type { BrowserContext } from 'playwright-core'
import { extensionId } from './extension-id.ts'
import type { Stack } from './stack.ts'

/** Opens what a newcomer needs: Carekey's own page first, then both hospitals. */
export async function openLanding(browser: BrowserContext, stack: Stack): Promise<void> {
  const id = await extensionId(browser)
  const [first = await browser.newPage()] = browser.pages()
  await first.goto(`chrome-extension://${id}/app.html`)
  for (const origin of [stack.stBrigid.origin, stack.lindqvist.origin]) {
    await (await browser.newPage()).goto(origin)
  }
  await first.bringToFront()
}
