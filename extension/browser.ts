import browser, { type Runtime } from 'webextension-polyfill'

/** The one door to the browser's API; everything else imports it from here. */
export { browser }

/** What the browser says about who speaks. The polyfill's types lack what Chrome and Firefox have added since. */
export interface Sender extends Runtime.MessageSender {
  /** Serialized origin of the document that spoke; `null` as text for an opaque one. */
  origin?: string
  documentLifecycle?: string
}

interface Offscreen {
  createDocument(options: { url: string; reasons: string[]; justification: string }): Promise<void>
  closeDocument(): Promise<void>
}

const chromeOnly = (globalThis as { chrome?: { offscreen?: Offscreen } }).chrome

/** Absent in Firefox, where the background page itself has WebRTC. */
export const offscreen = chromeOnly?.offscreen
