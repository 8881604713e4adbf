import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createListener } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { pinStatusSchema } from '../../shared/protocol/relay-api.ts'
import { relayLimits } from '../limits.ts'
import { randomCar } from '../testing/car.ts'
import type { Client } from '../testing/client.ts'
import { startTestNetwork, type TestNetwork } from '../testing/network.ts'
import { movableClock, type RelayHere, startRelayHere } from '../testing/relay-here.ts'

const listSchema = z.object({ count: z.int(), results: z.array(pinStatusSchema) })

let net: TestNetwork
const stops: (() => Promise<unknown>)[] = []
beforeAll(async () => {
  net = await startTestNetwork()
})
afterAll(async () => {
  for (const stop of stops.reverse()) await stop()
  await net?.stop()
})

async function start(
  ...args: [Parameters<typeof startRelayHere>[1]?, Parameters<typeof startRelayHere>[2]?]
) {
  const relay = await startRelayHere(net, ...args)
  stops.push(() => relay.stop())
  return relay
}
const stateOf = async (client: Client, requestid: string) =>
  (await client.call(`GET /pins/${requestid}`)).json(pinStatusSchema).info?.upstream

/** A Pinning Service that takes no CARs, is down while `isDown`, and says of every pin what `status` says. */
async function startService() {
  const service = { isDown: false, status: 'queued', calls: 0, pins: new Map<string, string>(), url: '' }
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    service.calls += 1
    const send = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body))
    if (service.isDown) return send(503, {})
    if (request.headers.authorization !== 'Bearer of the operator') return send(401, {})
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://service')
    const [, room, id = ''] = pathname.split('/')
    if (room !== 'pins') return send(404, {})
    const say = (requestid: string) => ({ requestid, status: service.status })
    if (request.method === 'POST') {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const { cid } = z.object({ cid: z.string() }).parse(JSON.parse(Buffer.concat(chunks).toString()))
      const requestid = `of ${cid}`
      service.pins.set(requestid, cid)
      return send(202, say(requestid))
    }
    if (id === '') {
      const found = [...service.pins].filter(([, cid]) => cid === searchParams.get('cid'))
      return send(200, { count: found.length, results: found.map(([requestid]) => say(requestid)) })
    }
    const requestid = decodeURIComponent(id)
    if (!service.pins.has(requestid)) return send(404, {})
    if (request.method === 'DELETE') service.pins.delete(requestid)
    return send(request.method === 'DELETE' ? 202 : 200, say(requestid))
  }
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stops.push(() => new Promise((resolve) => server.close(resolve)))
  const address = server.address()
  if (typeof address !== 'object' || !address) throw new Error('no port')
  service.url = `http://127.0.0.1:${address.port}/`
  return service
}

it('pins at another relay what is pinned here, with its blocks, and removes it there too', async () => {
  const other: RelayHere = await start()
  const there = await other.newAccount()
  const relay = await start({ upstream: { url: other.url, token: there.token ?? '' } })
  const [one, two] = await Promise.all([relay.newAccount(), relay.newAccount()])
  const car = await randomCar(3, 20_000)
  const pins = [await one.pin(car), await two.pin(car)]
  expect(await stateOf(one, pins[0] ?? '')).toBeUndefined()
  await relay.tidy()
  expect(await stateOf(one, pins[0] ?? '')).toBe('pinned')
  const listed = (await there.call('GET /pins')).json(listSchema)
  expect(listed.results.map(({ pin, status }) => [pin.cid, status])).toEqual([
    [car.root.toString(), 'pinned'],
  ])
  for (const { cid, bytes } of car.blocks) {
    const { bytes: read } = await there.call(`GET /ipfs/${cid}?format=raw`)
    expect(Buffer.from(read).equals(bytes)).toBe(true)
  }

  await one.call(`DELETE /pins/${pins[0]}`)
  await relay.tidy()
  expect((await there.call('GET /pins')).json(listSchema).count).toBe(1)
  await two.call(`DELETE /pins/${pins[1]}`)
  await relay.tidy()
  expect((await there.call('GET /pins')).json(listSchema).count).toBe(0)
})

it('asks a service that is down again, later and later, over a restart, and says pinned when the service does', async () => {
  const service = await startService()
  const { clock, moveMs } = movableClock()
  const upstream = { url: service.url, token: 'of the operator' }
  const dataDir = net.newDir()
  const first = await startRelayHere(net, { dataDir, upstream }, clock)
  const client = await first.newAccount()
  const car = await randomCar(2, 1_000)
  service.isDown = true
  const requestid = await client.pin(car)
  for (let tries = 0; tries < 6; tries += 1) {
    const before = service.calls
    await first.tidy()
    expect(service.calls).toBeGreaterThan(before)
    const asked = service.calls
    moveMs(relayLimits.housekeepingMs * 2 ** tries - 5_000)
    await first.tidy()
    expect(service.calls).toBe(asked)
    moveMs(5_000)
  }
  expect(await stateOf(client, requestid)).toBe('waiting')
  await first.stop()

  const relay = await start({ dataDir, upstream }, clock)
  service.isDown = false
  await relay.tidy()
  expect([...service.pins.values()]).toEqual([car.root.toString()])
  service.status = 'pinned'
  moveMs(relayLimits.housekeepingMs)
  await relay.tidy()
  const metrics = new TextDecoder().decode((await relay.anonymous.call('GET /metrics')).bytes)
  expect(metrics).toMatch(/^carekey_replicas_pinned 1$/m)
  expect(metrics).toMatch(/^carekey_replicas_open 0$/m)

  // It has lost the pin: found at the next check, and asked for again.
  service.pins.clear()
  moveMs(relayLimits.replicaCheckMs)
  await relay.tidy()
  await relay.tidy()
  expect(service.pins.size).toBe(1)
})

it('dials no address that a client names as an origin', async () => {
  let dialled = 0
  const listener = createListener((socket) => {
    dialled += 1
    socket.destroy()
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  stops.push(() => new Promise((resolve) => listener.close(resolve)))
  const address = listener.address()
  if (typeof address !== 'object' || !address) throw new Error('no port')
  const relay = await start()
  const client = await relay.newAccount()
  const peer = '12D3KooWGZzXcyTu7dq6UTmmJAhhQZGnnk7S4qTeFRLjGkZ2hFqz'
  const origins = ['ip4/127.0.0.1', 'dns4/localhost', 'ip6/::ffff:127.0.0.1'].map(
    (host) => `/${host}/tcp/${address.port}/p2p/${peer}`,
  )
  const cid = (await randomCar(1, 100)).root.toString()
  const pin = (await client.call('POST /pins', { cid, origins })).json(pinStatusSchema)
  expect([pin.status, pin.pin.origins]).toEqual(['queued', origins])
  await relay.tidy()
  expect((await client.call(`GET /pins/${pin.requestid}`)).json(pinStatusSchema).status).toBe('queued')
  expect(dialled).toBe(0)
})
