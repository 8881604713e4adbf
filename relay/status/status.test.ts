import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { relayLimits } from '../limits.ts'
import { randomCar } from '../testing/car.ts'
import { startTestNetwork, type TestNetwork } from '../testing/network.ts'
import { movableClock, type RelayHere, startRelayHere } from '../testing/relay-here.ts'
import { bytesInWords, renderPage, timeInWords } from './page.ts'
import type { State } from './state.ts'
import { Traffic } from './traffic.ts'

let net: TestNetwork
let relay: RelayHere
const { clock, moveMs } = movableClock()

beforeAll(async () => {
  net = await startTestNetwork()
  relay = await startRelayHere(net, { name: 'Ward & <Sons>' }, clock)
})
afterAll(async () => {
  await relay?.stop()
  await net?.stop()
})

async function page(of: RelayHere = relay): Promise<{ html: string; headers: Headers }> {
  const { status, bytes, headers } = await of.anonymous.call('GET /status')
  expect(status).toBe(200)
  return { html: new TextDecoder().decode(bytes), headers }
}
/** What stands beside a label. */
const figureIn = (html: string, label: string) =>
  new RegExp(`<dt>${label}</dt><dd>([^<]*)`).exec(html)?.[1] ?? null

const quiet: State = {
  name: 'A relay',
  version: '1',
  upMs: 0,
  isStopping: false,
  pins: 0,
  waitingPins: 0,
  pinnedBytes: 0,
  storedBytes: 0,
  reservations: 0,
  messages: 0,
  sponsor: null,
  height: 1,
  chainId: 1,
  engines: { database: 'SQLite', blocks: 'Files' },
  traffic: [{ requests: 0, bytes: 0 }],
}

describe('the status page', () => {
  it('counts what the relay holds and did, again once a few seconds have passed', async () => {
    const client = await relay.newAccount()
    const car = await randomCar(2, 1_000)
    await client.pin(car)
    moveMs(relayLimits.statusKeptMs)
    const { html } = await page()
    expect(figureIn(html, 'Pins')).toBe('1')
    const bytes = car.blocks.reduce((sum, block) => sum + block.bytes.byteLength, 0)
    expect(figureIn(html, 'Pinned')).toBe(bytesInWords(bytes))
    expect(figureIn(html, 'Waiting')).toBe('0')
    expect(figureIn(html, 'Chain')).toBe(String(net.network.chainId))
    expect(Number(figureIn(html, 'Newest block')?.replaceAll(',', ''))).toBeGreaterThan(0)
    expect(html).toContain('Everything works')
    expect(html).toMatch(/Requests over the last 6 hours: \d+ requests, at most/)

    await client.pin(await randomCar(1, 1_000))
    expect(figureIn((await page()).html, 'Pins')).toBe('1')
    moveMs(relayLimits.statusKeptMs)
    expect(figureIn((await page()).html, 'Pins')).toBe('2')
  })

  it('runs no script, loads nothing, and applies its own style alone', async () => {
    const { html, headers } = await page()
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(html) ?? []
    const policy = headers.get('content-security-policy')
    expect(policy).toContain(`style-src 'sha256-${createHash('sha256').update(style).digest('base64')}';`)
    expect(policy).toMatch(/^default-src 'none';/)
    expect(html).not.toMatch(/<script|<link|<img|\sstyle=|\ssrc=|\bhttps?:|\son\w+=/i)
  })

  it('tells of nobody, and writes the relay’s name as text', async () => {
    const client = await relay.newAccount()
    const car = await randomCar(1, 10)
    await client.pin(car)
    moveMs(relayLimits.statusKeptMs)
    const { html } = await page()
    expect(html).toContain('<h1>Ward &amp; &lt;Sons&gt;</h1>')
    expect(html).not.toMatch(/0x[0-9a-f]{8}|127\.0\.0\.1|12D3Koo/i)
    expect(html).not.toContain(car.root.toString())
  })

  it('says when the ledger does not answer, when nobody pays, and when it is stopping', async () => {
    const changes = { network: { ...net.network, rpcUrl: 'http://127.0.0.1:1' }, sponsorKey: null }
    const alone = await startRelayHere(net, changes)
    try {
      const { html } = await page(alone)
      expect(html).toContain('<h2>The ledger does not answer</h2>')
      expect(figureIn(html, 'Newest block')).toBe('no answer')
      expect(figureIn(html, 'Pays for')).toBe('nobody')
    } finally {
      await alone.stop()
    }
    expect(renderPage({ ...quiet, isStopping: true })).toContain('<h2>Stopping</h2>')
    expect(renderPage(quiet)).toContain('nothing yet')
  })

  it('says figures and times in words', () => {
    expect([0, 1, 999, 1_000, 2_345_678, 5e15].map(bytesInWords)).toEqual([
      '0 bytes',
      '1 byte',
      '999 bytes',
      '1 kB',
      '2.35 MB',
      '5,000 TB',
    ])
    const minute = 60_000
    expect(
      [0, minute, 61 * minute, 49 * 60 * minute, 24 * 60 * minute + 5 * minute].map(timeInWords),
    ).toEqual(['less than a minute', '1 minute', '1 hour, 1 minute', '2 days, 1 hour', '1 day'])
  })
})

describe('traffic', () => {
  it('is kept for six hours and then forgotten', () => {
    let nowMs = 1_000_000 * relayLimits.trafficSpanMs
    const traffic = new Traffic(() => nowMs)
    traffic.add(10)
    traffic.add(5)
    nowMs += relayLimits.trafficSpanMs
    traffic.add(1)
    expect(traffic.read().slice(-2)).toEqual([
      { requests: 2, bytes: 15 },
      { requests: 1, bytes: 1 },
    ])
    nowMs += (relayLimits.trafficSpans - 1) * relayLimits.trafficSpanMs
    expect(traffic.read()).toHaveLength(relayLimits.trafficSpans)
    expect(traffic.read()[0]).toEqual({ requests: 1, bytes: 1 })
    nowMs += relayLimits.trafficSpanMs
    expect(traffic.read().every(({ requests }) => requests === 0)).toBe(true)
  })
})
