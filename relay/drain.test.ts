import { once } from 'node:events'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newPatient } from '../shared/contracts/test-ledger.ts'
import { randomCar } from './testing/car.ts'
import { Client } from './testing/client.ts'
import { freePort } from './testing/free-port.ts'
import { startTestNetwork, type TestNetwork } from './testing/network.ts'
import { startRelayProcess } from './testing/relay-process.ts'

let net: TestNetwork

beforeAll(async () => {
  net = await startTestNetwork()
})
afterAll(() => net?.stop())

async function startOwn(environment: Record<string, string>) {
  const place = { dir: net.newDir(), port: await freePort(), wsPort: await freePort() }
  const relay = await startRelayProcess(net, place, environment)
  return { relay, client: await new Client(relay.url, net.network).signedIn(newPatient()) }
}

/** An upload whose body has begun; the relay is at work on it. */
async function halfUpload({ url, token }: Client, bytes: Uint8Array): Promise<ClientRequest> {
  const upload = request(`${url}/blocks`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/vnd.ipld.car' },
  })
  await new Promise<void>((resolve) => upload.write(bytes, () => resolve()))
  return upload
}

const stateOf = async (url: string) => {
  const answer = await fetch(`${url}/ready`)
  return { code: answer.status, ...(await answer.json()) }
}
const isListening = (url: string) =>
  fetch(`${url}/health`).then(
    () => true,
    () => false,
  )

describe('a relay that is asked to end', () => {
  it('says so at first and still serves, then takes nothing new, lets what runs end, and ends with 0', async () => {
    const { relay, client } = await startOwn({ RELAY_DRAIN_SECONDS: '6' })
    const car = await randomCar(4, 50_000)
    const upload = await halfUpload(client, car.bytes.subarray(0, 100_000))
    const answered = once(upload, 'response')
    expect(await stateOf(relay.url)).toMatchObject({ code: 200, status: 'ready' })

    const ended = relay.kill('SIGTERM')
    await expect
      .poll(() => stateOf(relay.url), { timeout: 5_000 })
      .toEqual({
        code: 503,
        status: 'stopping',
        database: true,
        ledger: true,
      })
    const served = await fetch(`${relay.url}/health`)
    expect([served.status, served.headers.get('connection')]).toEqual([200, 'close'])
    await client.pin(await randomCar(1, 1_000))

    await expect.poll(() => isListening(relay.url), { timeout: 15_000 }).toBe(false)
    upload.end(car.bytes.subarray(100_000))
    const [answer] = (await answered) as [IncomingMessage]
    expect(answer.statusCode).toBe(201)
    answer.resume()
    expect(await ended).toBe(0)
  }, 60_000)

  it('cuts what does not end in time', async () => {
    const { relay, client } = await startOwn({})
    const upload = await halfUpload(client, (await randomCar(1, 1_000)).bytes.subarray(0, 100))
    const cut = once(upload, 'error')
    expect(await relay.kill('SIGTERM')).toBe(0)
    expect((await cut)[0]).toMatchObject({ code: expect.stringMatching(/ECONNRESET|EPIPE/) })
  }, 60_000)
})
