import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { type Page, test } from '@playwright/test'

const sizes = { narrow: { width: 400, height: 640 }, wide: { width: 1200, height: 800 } }

export interface Shot {
  page: Page
  name: string
  /** A window of a fixed size, which shows what fits into it. */
  isWindow?: boolean
}

/** Takes the four pictures; returns what axe calls serious or critical, and whatever is wider than its page. */
export async function faultsOf({ page, name, isWindow = false }: Shot): Promise<string[]> {
  const faults: string[] = []
  const folder = test.info().outputPath('screens')
  mkdirSync(folder, { recursive: true })
  await page.bringToFront()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    for (const [width, size] of Object.entries(sizes)) {
      await page.setViewportSize(size)
      const path = join(folder, `${name}-${colorScheme}-${width}.png`)
      await page.screenshot({ path, fullPage: !isWindow, animations: 'disabled' })
      const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      if (over > 0) faults.push(`${name} ${colorScheme} ${width}: ${over} px too wide`)
    }
    const { violations } = await new AxeBuilder({ page }).analyze()
    for (const { id, impact, nodes } of violations) {
      if (impact !== 'serious' && impact !== 'critical') continue
      faults.push(
        `${name} ${colorScheme}: ${id} at ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
      )
    }
  }
  return faults
}
