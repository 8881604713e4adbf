import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { AxeBuilder } from '@axe-core/playwright'
import type { BrowserContext, Page } from 'playwright-core'
import { launchChromium } from './browser.ts'
import { stories } from './catalogue.ts'
import { storyNow } from './sample.ts'
import { serveStories } from './serve.ts'
import type { Step, Story } from './story.ts'

/**
 * Takes a picture of every story, light and dark, narrow and wide, and checks each: no accessibility fault (axe), nothing
 * wider than the window, nothing the content security policy refuses, and no scrolling where all must be seen at once.
 *
 *     node extension/screens/stories/shoot.ts --out DIR [--only TEXT]
 */

const narrow = { width: 400, height: 640 }
const wide = { width: 1200, height: 800 }

const { values } = parseArgs({ options: { out: { type: 'string' }, only: { type: 'string' } } })
const out = values.out ?? '.output/stories'
const chosen = stories.filter(({ id }) => !values.only || id.includes(values.only))

async function act(on: Page, step: Step): Promise<void> {
  if ('fill' in step) return on.getByLabel(step.fill, { exact: true }).fill(step.text)
  if ('fillAll' in step) {
    for (const field of await on.locator('input[type=password]').all()) await field.fill(step.text)
    return
  }
  if ('open' in step) return on.getByText(step.open).first().click()
  await on
    .getByRole(step.role ?? 'button', { name: step.click, exact: !step.role })
    .first()
    .click()
}

/** Long enough for a bar that waits before it shows, or for Approve to arm. */
const settleMs = ({ answers, screen }: Story): number =>
  screen === 'approval' || Object.values(answers).includes('no answer yet') ? 800 : 150

async function faultsOf(on: Page, story: Story, size: typeof narrow): Promise<string[]> {
  const faults: string[] = []
  // Wide or narrow, the page is made of the same elements.
  const { violations } = size === narrow ? await new AxeBuilder({ page: on }).analyze() : { violations: [] }
  for (const { id, nodes } of violations)
    faults.push(`${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
  const sizes = await on.evaluate(() => {
    const root = document.documentElement
    const scrolled = document.querySelector('.approval-main') ?? root
    return {
      over: root.scrollWidth - root.clientWidth,
      page: root.scrollHeight - root.clientHeight,
      tall: scrolled.scrollHeight - scrolled.clientHeight,
    }
  })
  if (sizes.over > 0) faults.push(`${sizes.over} px wider than the window`)
  if (story.screen === 'approval' && sizes.page > 0) faults.push(`the window itself scrolls ${sizes.page} px`)
  if (story.fits && sizes.tall > 0) faults.push(`${sizes.tall} px taller than the window`)
  return faults
}

async function shoot(
  context: BrowserContext,
  origin: string,
  story: Story,
  scheme: string,
  size: typeof narrow,
): Promise<string[]> {
  const on = await context.newPage()
  const faults: string[] = []
  on.on('pageerror', (error) => faults.push(String(error)))
  on.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text())
  })
  try {
    await on.setViewportSize(size)
    await on.clock.setFixedTime(storyNow * 1000)
    await on.goto(
      `${origin}/?screen=${story.screen}&story=${story.id}&${story.search ?? ''}#${story.hash ?? ''}`,
    )
    await on.locator('#root > *').first().waitFor()
    for (const step of story.steps ?? []) await act(on, step)
    await on.waitForTimeout(settleMs(story))
    await on.screenshot({
      path: join(out, `${story.id}-${size.width}-${scheme}.png`),
      fullPage: story.screen !== 'approval',
    })
    faults.push(...(await faultsOf(on, story, size)))
  } catch (error) {
    faults.push(String(error))
  } finally {
    await on.close()
  }
  return faults.map((fault) => `${story.id} (${size.width} px, ${scheme}): ${fault}`)
}

await mkdir(out, { recursive: true })
const { origin, close } = await serveStories()
const browser = await launchChromium()
const faults: string[] = []
let pictures = 0
for (const colorScheme of ['light', 'dark'] as const) {
  const context = await browser.newContext({ colorScheme, locale: 'en-GB', timezoneId: 'Europe/Stockholm' })
  for (const story of chosen) {
    for (const size of story.screen === 'app' ? [narrow, wide] : [narrow]) {
      faults.push(...(await shoot(context, origin, story, colorScheme, size)))
      pictures += 1
    }
  }
  await context.close()
}
await browser.close()
await close()
for (const fault of faults) process.stdout.write(`${fault}\n`)
process.stdout.write(`${pictures} pictures of ${chosen.length} stories in ${out}, ${faults.length} faults\n`)
if (faults.length > 0) process.exitCode = 1
