import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { chromiumPath } from '../stack/browser.ts'
import { median } from './median.ts'

export type Way = 'carekey' | 'typage' | 'webcrypto'
/** Milliseconds of each run. */
export type SealingTimes = Record<Way, { seal: number[]; open: number[] }>

export interface SealingFigures {
  browser: string
  /** Medians. */
  ms: Record<Way, { seal: number; open: number }>
  /** How many times as fast as typage; at least 1 is wanted. */
  timesTypage: { seal: number; open: number }
  /** How many times as fast as the bare cipher. */
  timesWebCrypto: { seal: number; open: number }
}

/** Seals and opens 64 MiB in Chromium: as Carekey does, as typage does, and by the bare cipher of WebCrypto. */
export async function measureSealing(runs: number): Promise<SealingFigures> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./sealing-worker.ts', import.meta.url))],
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'chrome137',
    logLevel: 'error',
  })
  const worker = outputFiles[0]?.contents ?? new Uint8Array()
  const server = createServer((request, response) => {
    const isWorker = request.url === '/worker.js'
    response.setHeader('content-type', isWorker ? 'text/javascript' : 'text/html')
    response.end(isWorker ? worker : '<!doctype html><title>Sealing</title>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
  })
  try {
    const page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`)
    const times = await page.evaluate(
      (count) =>
        new Promise<SealingTimes>((resolve, reject) => {
          const worker = new Worker('/worker.js', { type: 'module' })
          worker.addEventListener('message', ({ data }) => resolve(data))
          worker.addEventListener('error', ({ message }) => reject(new Error(message)))
          worker.postMessage(count)
        }),
      runs,
    )
    return figures(browser.version(), times)
  } finally {
    await browser.close()
    server.close()
  }
}

function figures(browser: string, times: SealingTimes): SealingFigures {
  const of = (way: Way) => ({ seal: median(times[way].seal), open: median(times[way].open) })
  const ms = { carekey: of('carekey'), typage: of('typage'), webcrypto: of('webcrypto') }
  const against = (way: Way) => ({
    seal: ms[way].seal / ms.carekey.seal,
    open: ms[way].open / ms.carekey.open,
  })
  return { browser, ms, timesTypage: against('typage'), timesWebCrypto: against('webcrypto') }
}
