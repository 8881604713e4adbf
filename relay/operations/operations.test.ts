import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { startTestNetwork, type TestNetwork } from '../testing/network.ts'
import { type RelayHere, startRelayHere } from '../testing/relay-here.ts'

let net: TestNetwork
let relay: RelayHere
let metrics: Set<string>

beforeAll(async () => {
  net = await startTestNetwork()
  relay = await startRelayHere(net)
  relay.watchProcess()
  const { bytes } = await relay.anonymous.call('GET /metrics')
  const text = new TextDecoder().decode(bytes)
  metrics = new Set([...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name]) => name ?? ''))
})
afterAll(async () => {
  await relay?.stop()
  await net?.stop()
})

const read = (name: string) => readFileSync(join(import.meta.dirname, name), 'utf8')
/** Metrics that an expression names; a histogram by the name of the whole. */
const namedIn = (text: string) =>
  [...new Set(text.match(/\b(?:carekey|process|nodejs)_[a-z0-9_]+/g) ?? [])].map((name) =>
    name.replace(/_(bucket|sum|count)$/, ''),
  )
const unknownIn = (text: string) => namedIn(text).filter((name) => !metrics.has(name))

const dashboardSchema = z.object({
  panels: z.array(
    z.object({
      id: z.int(),
      title: z.string(),
      gridPos: z.object({ x: z.int(), y: z.int(), w: z.int(), h: z.int() }),
      targets: z.array(z.object({ expr: z.string() })).optional(),
    }),
  ),
})

describe('the dashboard', () => {
  const { panels } = dashboardSchema.parse(JSON.parse(read('grafana.json')))
  const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)).join('\n')

  it('asks for nothing but what the relay tells', () => {
    expect(unknownIn(read('grafana.json'))).toEqual([])
  })

  it('shows everything of its own that the relay tells', () => {
    const named = new Set(namedIn(expressions))
    const own = [...metrics].filter((name) => name.startsWith('carekey_'))
    expect(own.length).toBeGreaterThan(10)
    expect(own.filter((name) => !named.has(name))).toEqual([])
  })

  it('has panels of their own ids that do not lie upon each other', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`),
    )
    expect(new Set(cells).size).toBe(cells.length)
  })
})

describe('the alerts', () => {
  it('ask for nothing but what the relay tells', () => {
    expect(namedIn(read('alerts.yml')).length).toBeGreaterThan(4)
    expect(unknownIn(read('alerts.yml'))).toEqual([])
  })
})

describe('what starts a relay', () => {
  it('names settings that it reads', () => {
    const settings = readFileSync(join(import.meta.dirname, '../config.ts'), 'utf8')
    for (const name of ['carekey-relay.service', 'Containerfile']) {
      const named = [...new Set(read(name).match(/\b(?:RELAY|LEDGER)_[A-Z_]+/g))]
      expect(named.length).toBeGreaterThan(1)
      expect(named.filter((setting) => !settings.includes(setting))).toEqual([])
    }
  })
})
