import { browser } from '../../browser.ts'
import { itemStore } from './stores.ts'

const width = 400
const height = 640
const page = '/approval.html'

/**
 * Opens the one approval window, or brings it to the front: consent is given in a window of ours and nowhere else, and
 * a flood of requests opens no flood of windows.
 */
export function approvalWindow(): (request?: string) => Promise<void> {
  const store = itemStore('window')
  let turn: Promise<void> = Promise.resolve()

  const open = async (request?: string) => {
    const known = await store.read()
    if (typeof known === 'number' && (await focus(known))) return
    const url = browser.runtime.getURL(request ? `${page}?request=${request}` : page)
    const created = await browser.windows.create({ url, type: 'popup', width, height, focused: true })
    await store.write(created.id ?? null)
  }
  return (request) => {
    turn = turn.then(
      () => open(request),
      () => open(request),
    )
    return turn
  }
}

/** False when the window is gone: its number may be another window's by now only after the browser restarted. */
async function focus(windowId: number): Promise<boolean> {
  try {
    await browser.windows.update(windowId, { focused: true, drawAttention: true })
    return true
  } catch {
    return false
  }
}
