import { z } from 'zod'
import { browser } from '../../browser.ts'
import { itemStore } from './stores.ts'

const width = 400
const height = 640
const page = '/approval.html'

const shownSchema = z.object({ windowId: z.int(), tabId: z.int(), request: z.string().nullable() })
type Shown = z.infer<typeof shownSchema>

/**
 * Opens the one approval window, or brings it to the front: consent is given in a window of ours and nowhere else, and
 * a flood of requests opens no flood of windows. `isOpen` says whether a request still holds the window.
 */
export function approvalWindow(
  isOpen: (id: string) => Promise<boolean>,
): (request?: string) => Promise<void> {
  const store = itemStore('window')
  let turn: Promise<void> = Promise.resolve()
  const urlOf = (request?: string) => browser.runtime.getURL(request ? `${page}?request=${request}` : page)

  const reuse = async (shown: Shown, request?: string): Promise<boolean> => {
    try {
      // What a person is reading stays; a request that has its answer makes way.
      const held = shown.request !== null && (await isOpen(shown.request))
      if (request !== undefined && request !== shown.request && !held) {
        await browser.tabs.update(shown.tabId, { url: urlOf(request) })
        await store.write({ ...shown, request })
      }
      await browser.windows.update(shown.windowId, { focused: true, drawAttention: true })
      return true
    } catch {
      return false
    }
  }
  const open = async (request?: string) => {
    const shown = shownSchema.safeParse(await store.read())
    if (shown.success && (await reuse(shown.data, request))) return
    const created = await browser.windows.create({
      url: urlOf(request),
      type: 'popup',
      width,
      height,
      focused: true,
    })
    const tabId = created.tabs?.[0]?.id
    await store.write(
      created.id === undefined || tabId === undefined
        ? null
        : { windowId: created.id, tabId, request: request ?? null },
    )
  }
  return (request) => {
    const next = () => open(request)
    turn = turn.then(next, next)
    return turn
  }
}
