import { browser, type Sender } from '../browser.ts'

// Trust is decided here and nowhere else: by what the browser says of the sender, never by what a message says.

const ownPages = ['/popup.html', '/sidepanel.html', '/app.html', '/approval.html']
const nodePage = '/offscreen.html'

/** `chrome-extension://…`; not by `URL`, which knows no origin for that scheme outside a browser. */
const ownOrigin = () => browser.runtime.getURL('').replace(/\/$/, '')

function ownPath(sender: Sender): string | undefined {
  if (sender.id !== browser.runtime.id || sender.url === undefined) return undefined
  const own = ownOrigin()
  if (sender.origin !== undefined && sender.origin !== own) return undefined
  if (!sender.url.startsWith(`${own}/`)) return undefined
  return sender.url.slice(own.length).replace(/[?#].*$/s, '')
}

/** One of our screens: popup, side panel, app, approval window. */
export function isOwnScreen(sender: Sender): boolean {
  const path = ownPath(sender)
  return path !== undefined && ownPages.includes(path)
}

/** The offscreen document, in which the node lives. */
export const isNode = (sender: Sender): boolean => ownPath(sender) === nodePage

/** The background itself, which has no document in Chrome and a generated page in Firefox. */
export function isBackground(sender: Sender): boolean {
  return (
    sender.id === browser.runtime.id && sender.tab === undefined && !isOwnScreen(sender) && !isNode(sender)
  )
}

/** A web page's document, as the browser names it. */
export interface PageSender {
  origin: string
  tabId: number
  /** Changes with every navigation. */
  documentId: string
}

export type PageRefusal = 'frame-refused' | 'origin-refused'

/**
 * Who speaks through a provider port, or why nobody may: only a top frame's active document, by https, or by http on
 * loopback where the build allows it (protocol, section 5).
 */
export function pageOf(sender: Sender | undefined, options: { loopback: boolean }): PageSender | PageRefusal {
  if (sender === undefined || sender.id !== browser.runtime.id) return 'origin-refused'
  const tabId = sender.tab?.id
  if (tabId === undefined || sender.frameId !== 0) return 'frame-refused'
  if (sender.documentLifecycle !== undefined && sender.documentLifecycle !== 'active') return 'frame-refused'
  const { origin } = sender
  if (origin === undefined || !allowedOrigin(origin, options.loopback)) return 'origin-refused'
  // Firefox before 153 names no document: then a tab's origin stands for it, and navigating ends the port anyway.
  return { origin, tabId, documentId: sender.documentId ?? `${tabId} ${origin}` }
}

const loopbackHosts = ['localhost', '127.0.0.1', '[::1]']

export function allowedOrigin(origin: string, loopback: boolean): boolean {
  if (!URL.canParse(origin)) return false
  const url = new URL(origin)
  if (url.origin !== origin) return false
  if (url.protocol === 'https:') return true
  return loopback && url.protocol === 'http:' && loopbackHosts.includes(url.hostname)
}
