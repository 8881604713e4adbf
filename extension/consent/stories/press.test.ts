import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchChromium } from '../../screens/stories/browser.ts'
import { serveStories } from '../../screens/stories/serve.ts'
import { armAfterMs } from '../arming.ts'

// Approve in a real browser, pressed as an attacker would have it pressed.

const rounds = 8
let browser: Browser
let stories: Awaited<ReturnType<typeof serveStories>>

beforeAll(async () => {
  stories = await serveStories()
  browser = await launchChromium()
}, 60_000)

afterAll(async () => {
  await browser.close()
  await stories.close()
})

/** Notes when Approve appeared and when each press on the page began, by the page's own clock. */
function watch(): void {
  const notes = { shownAt: Number.NaN, presses: [] as number[] }
  Object.assign(globalThis, { notes })
  new MutationObserver(() => {
    if (Number.isNaN(notes.shownAt) && document.querySelector('.answer-bar'))
      notes.shownAt = performance.now()
  }).observe(document, { childList: true, subtree: true })
  for (const name of ['pointerdown', 'keydown']) {
    document.addEventListener(name, () => notes.presses.push(performance.now() - notes.shownAt), {
      capture: true,
    })
  }
}

const notes = (page: Page) =>
  page.evaluate(() => {
    const { notes: found, asked } = globalThis as unknown as {
      notes: { presses: number[] }
      asked: string[]
    }
    return { presses: found.presses, decisions: asked.filter((type) => type === 'requests.decide').length }
  })

async function open(): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 400, height: 640 } })
  await page.addInitScript(watch)
  await page.goto(`${stories.origin}/?screen=approval&story=approval-access`)
  await page.getByRole('button', { name: 'Approve' }).waitFor()
  return page
}

const armed = (page: Page) => page.locator('button:not([aria-disabled])', { hasText: 'Approve' }).waitFor()

describe('Approve in a browser', () => {
  it('takes no click that began before it was armed', async () => {
    let early = 0
    for (let round = 0; round < rounds; round += 1) {
      const page = await open()
      const box = await page.getByRole('button', { name: 'Approve' }).boundingBox()
      if (!box) throw new Error('Approve is not drawn.')
      let seen = await notes(page)
      while (seen.decisions === 0 && seen.presses.every((at) => at < armAfterMs)) {
        await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
        seen = await notes(page)
      }
      const before = seen.presses.filter((at) => at < armAfterMs).length
      early += before
      // Whatever was decided, the last press alone can have decided it.
      expect(seen.decisions).toBeLessThanOrEqual(seen.presses.length - before)
      await page.close()
    }
    expect(early).toBeGreaterThan(rounds)
  }, 60_000)

  it('takes one click once it is armed', async () => {
    const page = await open()
    await armed(page)
    await page.getByRole('button', { name: 'Approve' }).click()
    expect((await notes(page)).decisions).toBe(1)
    await page.close()
  })

  it('takes no key that was held before it was armed, however often it repeats', async () => {
    const page = await open()
    const approve = page.getByRole('button', { name: 'Approve' })
    await approve.focus()
    await page.keyboard.down('Enter')
    await armed(page)
    for (let times = 0; times < 20; times += 1) await page.keyboard.down('Enter')
    expect((await notes(page)).decisions).toBe(0)
    await page.keyboard.up('Enter')
    await page.keyboard.press('Enter')
    expect((await notes(page)).decisions).toBe(1)
    await page.close()
  })

  it('takes no click that a script makes', async () => {
    const page = await open()
    await armed(page)
    await page.evaluate(() => {
      for (const button of document.querySelectorAll('button')) {
        button.click()
        for (const name of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click']) {
          button.dispatchEvent(new MouseEvent(name, { bubbles: true, detail: 1 }))
        }
      }
    })
    expect((await notes(page)).decisions).toBe(0)
    await page.close()
  })

  it('gives neither answer the focus', async () => {
    const page = await open()
    await armed(page)
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('BODY')
    await page.close()
  })
})
