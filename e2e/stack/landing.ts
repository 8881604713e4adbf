import type { BrowserContext } from 'playwright-core'
import { extensionId } from './extension-id.ts'
import { portalKeys, portalOf } from './portals.ts'
import type { Stack } from './stack.ts'

/** Opens what a newcomer needs: Carekey's own page first, then the hospitals that a tour begins with. */
export async function openLanding(browser: BrowserContext, stack: Stack): Promise<void> {
  const id = await extensionId(browser)
  const [first = await browser.newPage()] = browser.pages()
  await first.goto(`chrome-extension://${id}/app.html`)
  for (const key of portalKeys.filter((one) => portalOf(one).isOnLanding)) {
    await (await browser.newPage()).goto(stack[key].origin)
  }
  await first.bringToFront()
}
