import type { Page } from '@playwright/test'

/** What a page hears from Carekey: the result, or code and reason of the refusal. */
export type Answer =
  | { result: unknown }
  | { refused: { code: number; reason: string; message: string } }
  /** No Carekey in this page. */
  | 'absent'

/** Carekey as a script of a web page meets it; the page may say whatever it likes. */
export const carekeyIn = (frame: Pick<Page, 'evaluate'>) => ({
  calls: (method: string, params?: unknown): Promise<Answer> =>
    frame.evaluate(callProvider, { method, params, findWithinMs: 1_000 }),
})

/** Runs in the page. */
async function callProvider({
  method,
  params,
  findWithinMs,
}: {
  method: string
  params: unknown
  findWithinMs: number
}): Promise<Answer> {
  type Provider = { request: (call: { method: string; params: unknown }) => Promise<unknown> }
  const provider = await new Promise<Provider | undefined>((resolve) => {
    const timer = setTimeout(() => resolve(undefined), findWithinMs)
    window.addEventListener('carekey:announceProvider', (event) => {
      clearTimeout(timer)
      resolve((event as CustomEvent<{ provider: Provider }>).detail.provider)
    })
    window.dispatchEvent(new Event('carekey:requestProvider'))
  })
  if (!provider) return 'absent'
  try {
    return { result: await provider.request({ method, params }) }
  } catch (error) {
    const { code, message, data } = error as { code: number; message: string; data?: { reason?: string } }
    return { refused: { code, reason: data?.reason ?? '', message } }
  }
}
