import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { CarekeyError } from '../../protocol/errors.ts'
import { ANNOUNCE_PROVIDER_EVENT, REQUEST_PROVIDER_EVENT } from '../../protocol/provider.ts'
import type { Provider } from './carekey.ts'
import { announceEvent, findCarekey, requestEvent } from './find-carekey.ts'
import { CarekeyPageError } from './page-error.ts'

class Announcement extends Event {
  readonly detail: unknown
  constructor(detail: unknown) {
    super(announceEvent)
    this.detail = detail
  }
}

type Reply = (method: string, params: unknown) => unknown

const providerOf = (reply: Reply): Provider => ({
  request: async ({ method, params }) => reply(method, params),
  on: vi.fn(),
  removeListener: vi.fn(),
})

/** An extension in this page, as the provider script would be. */
function announce(detail: unknown): void {
  window.addEventListener(requestEvent, () => window.dispatchEvent(new Announcement(detail)))
}

const found = (reply: Reply) => {
  announce({ info: { name: 'Carekey', version: '1' }, provider: providerOf(reply) })
  return findCarekey()
}

const refusal = (reason: string, more = {}) =>
  Object.assign(new Error('The patient said no.'), { code: 4001, data: { reason, ...more } })

const voucher = { organization: '0x01', patient: '0x02', deadline: 1, signature: '0x03' } as never

beforeEach(() => {
  vi.stubGlobal('window', new EventTarget())
})
afterEach(() => {
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

describe('finding Carekey', () => {
  it('uses the events of the protocol', () => {
    expect([requestEvent, announceEvent]).toEqual([REQUEST_PROVIDER_EVENT, ANNOUNCE_PROVIDER_EVENT])
  })

  it('finds a provider that announces itself, also later', async () => {
    const finding = findCarekey()
    window.dispatchEvent(new Announcement({ provider: providerOf(() => ({ grants: [] })) }))
    expect(await (await finding).grants()).toEqual([])
  })

  it('passes over announcements that carry no provider', async () => {
    for (const detail of [null, 'provider', {}, { provider: null }, { provider: { request: 'no' } }])
      announce(detail)
    announce({ provider: providerOf(() => ({ grants: [] })) })
    expect(await (await findCarekey()).grants()).toEqual([])
  })

  it('says what to do when none announces itself in time', async () => {
    vi.useFakeTimers()
    const finding = findCarekey({ timeoutMs: 500 }).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(500)
    const error = await finding
    expect(error).toBeInstanceOf(CarekeyError)
    expect(error).toMatchObject({ code: 4900, reason: 'wallet-missing', data: { reason: 'wallet-missing' } })
    expect((error as Error).message).toContain('click its icon')
  })

  it('gives up when it is told to', async () => {
    const reason = new Error('The page was left.')
    await expect(findCarekey({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const leaving = new AbortController()
    const finding = findCarekey({ signal: leaving.signal })
    leaving.abort(reason)
    await expect(finding).rejects.toBe(reason)
  })
})

describe('calling Carekey', () => {
  it('connects in two steps and returns what the server said', async () => {
    const calls: unknown[] = []
    const carekey = await found((method, params) => {
      calls.push([method, params])
      return calls.length === 1 ? { patient: '0x02' } : { accepted: true }
    })
    const challenge = { challenge: {}, signature: '0x' } as never
    const connected = await carekey.connect(challenge, async (connection) => ({ connection, voucher }))
    expect(connected).toEqual({ connection: { patient: '0x02' }, voucher })
    expect(calls).toEqual([
      ['care_connect', challenge],
      ['care_connect', { voucher }],
    ])
  })

  it('hands over a request without what the server keeps for itself, and returns a yes', async () => {
    const seen: unknown[] = []
    const carekey = await found((_, params) => {
      seen.push(params)
      return { grantId: '0x05' }
    })
    const signed = { id: '0x09', request: { reason: 'x' }, signature: '0x04' } as never
    expect(await carekey.requestAccess(signed)).toEqual({ kind: 'granted', grantId: '0x05' })
    expect(seen).toEqual([{ request: { reason: 'x' }, signature: '0x04' }])
  })

  it('returns a signed no as an answer', async () => {
    const decision = { decision: { outcome: 'declined' }, signature: '0x06' }
    const carekey = await found(() => {
      throw refusal('declined', { decision })
    })
    expect(await carekey.requestAccess({} as never)).toEqual({ kind: 'decided', ...decision })
  })

  it('keeps code, reason and words of a refusal', async () => {
    const carekey = await found(() => {
      throw refusal('declined')
    })
    for (const attempt of [
      carekey.deposit({} as never),
      carekey.requestAccess({} as never),
      carekey.disconnect(),
    ]) {
      const error = await attempt.catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(CarekeyPageError)
      expect(error).toMatchObject({
        code: 4001,
        data: { reason: 'declined' },
        message: 'The patient said no.',
      })
    }
  })

  it('calls a stranger’s failure internal', async () => {
    for (const thrown of [new TypeError(''), 'no', null, { data: { reason: 'made-up' } }]) {
      vi.stubGlobal('window', new EventTarget())
      const carekey = await found(() => {
        throw thrown
      })
      await expect(carekey.grants()).rejects.toMatchObject({ code: -32603, reason: 'internal' })
    }
  })

  it('lists and takes back its own requests', async () => {
    const seen: unknown[] = []
    const carekey = await found((_, params) => {
      seen.push(params)
      return { pending: [{ id: '0x07' }] }
    })
    expect(await carekey.pending()).toEqual([{ id: '0x07' }])
    await carekey.cancel('0x07')
    expect(seen).toEqual([{}, { cancel: '0x07' }])
  })
})
