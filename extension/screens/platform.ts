import { browser } from '../browser.ts'

/** What screens ask of the browser itself. */

/** The tab a popup speaks about: the one named in its address, else the active one of its window. */
export async function currentTab(): Promise<number | null> {
  const named = new URLSearchParams(location.search).get('tabId')
  if (named !== null && /^\d+$/.test(named)) return Number(named)
  const [tab] = await browser.tabs.query({ active: true, currentWindow: true })
  return tab?.id ?? null
}

/** Asks the browser for one site. Call it in the click itself: browsers refuse it later. */
export function requestSite(origin: string): Promise<boolean> {
  const { protocol, hostname } = new URL(origin)
  // Match patterns name no port in Firefox; without one they cover every port.
  return browser.permissions.request({ origins: [`${protocol}//${hostname}/*`] })
}

/** Opens the full page, at a place of it, in a new tab. */
export async function openApp(hash = ''): Promise<void> {
  const page = browser.runtime.getURL('/app.html')
  await browser.tabs.create({ url: hash ? `${page}#${hash}` : page })
}

/** Hands a finished file to the browser's downloads. */
export function download(url: string, filename: string): void {
  const link = document.createElement('a')
  link.href = url
  link.download = filename
  link.click()
}

/** The same for a text made here; the address lives only as long as the download needs it. */
export function downloadText(text: string, filename: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }))
  download(url, filename)
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

export const closeWindow = (): void => window.close()
export const printPage = (): void => window.print()
