import type { Reply } from '../http/reply.ts'
import type { Routes } from '../http/router.ts'
import { relayLimits } from '../limits.ts'
import { renderPage, stylePolicy } from './page.ts'
import { readState, type StateParts } from './state.ts'

/** A page for people: how the relay does. Counted anew every few seconds, however many look. */
export function statusRoutes(parts: StateParts): Routes {
  let kept = { atMs: Number.NEGATIVE_INFINITY, page: Promise.resolve('') }

  function page(): Promise<string> {
    const nowMs = parts.clock()
    if (Math.abs(nowMs - kept.atMs) >= relayLimits.statusKeptMs) {
      const drawn = readState(parts).then(renderPage)
      kept = { atMs: nowMs, page: drawn }
      drawn.catch(() => {
        kept = { ...kept, atMs: Number.NEGATIVE_INFINITY }
      })
    }
    return kept.page
  }

  return {
    'GET /status': async (): Promise<Reply> => ({
      status: 200,
      headers: {
        'content-type': 'text/html; charset=utf-8',
        'cache-control': 'no-store',
        'content-security-policy': `default-src 'none'; style-src ${stylePolicy}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
      },
      bytes: Buffer.from(await page()),
    }),
  }
}
