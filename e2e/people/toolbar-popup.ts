import { writeFileSync } from 'node:fs'
import type { BrowserContext, CDPSession } from '@playwright/test'

const withinMs = 15_000
const askEveryMs = 50

interface Target {
  targetId: string
  url: string
}

/** Sends one command to a target that Playwright has no page for. */
type Send = (method: string, params?: object) => Promise<Record<string, unknown>>

/** The popup of the toolbar icon. To Playwright it is no page, so it is reached by the DevTools protocol itself. */
export class ToolbarPopup {
  readonly #send: Send

  private constructor(send: Send) {
    this.#send = send
  }

  /** Clicks the toolbar icon: the popup opens over the active tab of the focused window. */
  static async open(browser: BrowserContext): Promise<ToolbarPopup> {
    const [worker] = browser.serviceWorkers()
    const connection = browser.browser()
    if (!worker || !connection) throw new Error('The extension is not there.')
    const session = await connection.newBrowserCDPSession()
    await worker.evaluate(() => {
      const { chrome } = globalThis as unknown as { chrome: { action: { openPopup(): Promise<void> } } }
      return chrome.action.openPopup()
    })
    const { targetId } = await until('the popup to open', async () => {
      const { targetInfos } = (await session.send('Target.getTargets')) as { targetInfos: Target[] }
      return targetInfos.find(({ url }) => url.includes('/popup.html'))
    })
    const popup = new ToolbarPopup(await attach(session, targetId))
    await popup.#send('Runtime.enable')
    return popup
  }

  async sees(text: string): Promise<void> {
    await until(`“${text}” in the popup`, async () => {
      const shown = await this.#evaluate('document.body.innerText')
      return String(shown).includes(text) || undefined
    })
  }

  /** Presses the button with this text as a person would: the browser counts it as their own act. */
  async presses(name: string): Promise<void> {
    const find = `[...document.querySelectorAll('button')].find((one) => one.textContent.trim() === ${JSON.stringify(name)})`
    await until(`the button “${name}”`, async () => (await this.#evaluate(`Boolean(${find})`)) || undefined)
    await this.#evaluate(`${find}.click()`)
  }

  async picture(path: string): Promise<void> {
    const { data } = await this.#send('Page.captureScreenshot')
    writeFileSync(path, Buffer.from(String(data), 'base64'))
  }

  async closes(): Promise<void> {
    await this.#evaluate('window.close()').catch(() => undefined)
  }

  async #evaluate(expression: string): Promise<unknown> {
    const answer = await this.#send('Runtime.evaluate', {
      expression,
      userGesture: true,
      returnByValue: true,
    })
    return (answer.result as { value?: unknown } | undefined)?.value
  }
}

/** Playwright's own sessions know their own targets only: messages to another go through the browser's session. */
async function attach(session: CDPSession, targetId: string): Promise<Send> {
  const { sessionId } = await session.send('Target.attachToTarget', { targetId, flatten: false })
  const waiting = new Map<
    number,
    (message: { result?: Record<string, unknown>; error?: { message: string } }) => void
  >()
  session.on('Target.receivedMessageFromTarget', (event) => {
    if (event.sessionId !== sessionId) return
    const message = JSON.parse(event.message)
    waiting.get(message.id)?.(message)
    waiting.delete(message.id)
  })
  let last = 0
  return async (method, params = {}) => {
    last += 1
    const id = last
    const answered = new Promise<Record<string, unknown>>((resolve, reject) => {
      waiting.set(id, ({ result, error }) =>
        error ? reject(new Error(error.message)) : resolve(result ?? {}),
      )
    })
    await session.send('Target.sendMessageToTarget', {
      sessionId,
      message: JSON.stringify({ id, method, params }),
    })
    return answered
  }
}

async function until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new Error(`Waited ${withinMs / 1_000} seconds for ${what}.`)
    await new Promise((resolve) => setTimeout(resolve, askEveryMs))
  }
}
