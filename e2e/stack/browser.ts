import { existsSync } from 'node:fs'
import { type BrowserContext, chromium } from 'playwright-core'

/** The Chromium to use: `CHROMIUM_PATH`, the system's, or Playwright's own. */
export function chromiumPath(): string {
  const candidates = [
    process.env.CHROMIUM_PATH,
    '/usr/bin/chromium',
    '/usr/local/bin/chromium',
    chromium.executablePath(),
  ]
  const found = candidates.find((path) => path !== undefined && path !== '' && existsSync(path))
  if (found) return found
  throw new Error(
    'No Chromium was found. Install it, or set CHROMIUM_PATH to one, and run the command again.',
  )
}

/** Keeps Chromium from looking for its vendor's servers. */
const quietArgs = [
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--no-default-browser-check',
]

/** A person would have given up by then. */
const actWithinMs = 20_000

export interface BrowserOptions {
  /** Where the profile lives; the same folder is the same patient. */
  profile: string
  /** The built extension; none for a browser without Carekey. */
  extension?: string
  headless: boolean
  colorScheme?: 'light' | 'dark'
}

/** Starts a Chromium with a lasting profile, and in it our extension. */
export async function openBrowser(options: BrowserOptions): Promise<BrowserContext> {
  const isRoot = process.getuid?.() === 0
  const context = await chromium.launchPersistentContext(options.profile, {
    executablePath: chromiumPath(),
    headless: options.headless,
    viewport: options.headless ? { width: 1200, height: 800 } : null,
    colorScheme: options.colorScheme ?? null,
    args: [
      ...quietArgs,
      ...(isRoot ? ['--no-sandbox'] : []),
      ...(options.extension
        ? [`--disable-extensions-except=${options.extension}`, `--load-extension=${options.extension}`]
        : []),
    ],
  })
  context.setDefaultTimeout(actWithinMs)
  return context
}
