import { browser, offscreen } from '../browser.ts'

// The node's document in Chrome: exactly one, made anew after every lock so that nothing opened stays in its memory.

const page = '/offscreen.html'
let turn: Promise<void> = Promise.resolve()

const inTurn = (act: () => Promise<void>): Promise<void> => {
  turn = turn.then(act, act)
  return turn
}

async function isOpen(): Promise<boolean> {
  const runtime = browser.runtime as typeof browser.runtime & {
    getContexts?(filter: { contextTypes: string[] }): Promise<unknown[]>
  }
  return ((await runtime.getContexts?.({ contextTypes: ['OFFSCREEN_DOCUMENT'] })) ?? []).length > 0
}

/** Does nothing in a browser without offscreen documents: there the node lives in the background. */
export function openOffscreen(): Promise<void> {
  return inTurn(async () => {
    if (!offscreen || (await isOpen())) return
    await offscreen.createDocument({
      url: page,
      reasons: ['WEB_RTC', 'WORKERS', 'BLOBS'],
      justification: 'Keeps your records and serves them, over WebRTC, to those whom you have allowed.',
    })
  })
}

export function closeOffscreen(): Promise<void> {
  return inTurn(async () => {
    if (offscreen && (await isOpen())) await offscreen.closeDocument()
  })
}
