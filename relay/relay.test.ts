import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newPatient } from '../shared/contracts/test-ledger.ts'
import { inboxReplySchema, pinStatusSchema, tokenReplySchema } from '../shared/protocol/relay-api.ts'
import { randomCar } from './testing/car.ts'
import { Client } from './testing/client.ts'
import { freePort } from './testing/free-port.ts'
import { sponsorKey, startTestNetwork, type TestNetwork } from './testing/network.ts'
import { type RelayProcess, spawnRelay, startRelayProcess } from './testing/relay-process.ts'

const secp256k1Order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

let net: TestNetwork
let place: { dir: string; port: number; wsPort: number }
let relay: RelayProcess
let anonymous: Client

beforeAll(async () => {
  net = await startTestNetwork()
  place = { dir: net.newDir(), port: await freePort(), wsPort: await freePort() }
  relay = await startRelayProcess(net, place)
  anonymous = new Client(relay.url, net.network)
})
afterAll(async () => {
  await relay?.kill('SIGKILL')
  await net?.stop()
})

const restart = async (signal: 'SIGKILL' | 'SIGTERM') => {
  const code = await relay.kill(signal)
  relay = await startRelayProcess(net, place)
  return code
}
async function runOnce(environment: Record<string, string>) {
  const child = spawnRelay(environment)
  let text = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  await once(child, 'exit')
  return { code: child.exitCode, lines: text.trim().split('\n') }
}

describe('the relay process', () => {
  it('keeps pins, staged deposits, messages and sign-ins over a kill', async () => {
    const [account, patient] = [newPatient(), newPatient()]
    const client = await anonymous.signedIn(account)
    const hospital = await anonymous.signedIn(net.ledger.stBrigid.signer)
    const [pinned, staged] = [await randomCar(4, 200_000), await randomCar(1, 10_000)]
    const requestid = await client.pin(pinned)
    await hospital.call(`POST /staging/${patient.address}`, staged.bytes)
    await hospital.call(`POST /inbox/${patient.address}`, new Uint8Array(10))
    await restart('SIGKILL')

    const status = (await client.call(`GET /pins/${requestid}`)).json(pinStatusSchema)
    expect(status.status).toBe('pinned')
    const read = await client.call(`GET /ipfs/${pinned.root}?format=car`)
    expect(Buffer.from(read.bytes).equals(pinned.bytes)).toBe(true)
    const taker = await anonymous.signedIn(patient)
    expect(Buffer.from((await taker.call(`GET /staging/${staged.root}`)).bytes).equals(staged.bytes)).toBe(
      true,
    )
    expect((await taker.call('GET /inbox')).json(inboxReplySchema).messages).toHaveLength(1)
  })

  it('loses no pin that it has acknowledged when it is killed amid uploads', async () => {
    const client = await anonymous.signedIn(newPatient())
    let writing = true
    const acknowledged: { requestid: string; root: string; bytes: Uint8Array }[] = []
    for (let round = 0; round < 2; round += 1) {
      writing = true
      const write = async (): Promise<void> => {
        while (writing) {
          const car = await randomCar(2, 30_000)
          const requestid = await client.pin(car)
          acknowledged.push({ requestid, root: car.root.toString(), bytes: car.bytes })
        }
      }
      // What was under way when the relay died has failed, and is nobody's pin.
      const writers = Promise.allSettled([write(), write(), write(), write()])
      const enough = acknowledged.length + 10
      await expect.poll(() => acknowledged.length, { timeout: 10_000 }).toBeGreaterThan(enough)
      const restarted = restart('SIGKILL')
      writing = false
      await writers
      await restarted
    }
    for (const { requestid, root, bytes } of acknowledged) {
      expect((await client.call(`GET /pins/${requestid}`)).json(pinStatusSchema).status).toBe('pinned')
      const read = await client.call(`GET /ipfs/${root}?format=car`)
      expect(Buffer.from(read.bytes).equals(bytes)).toBe(true)
    }
  })

  it('ends cleanly when asked to, and writes no address, account, CID or token into its log', async () => {
    const account = newPatient()
    const client = await anonymous.signedIn(account)
    const car = await randomCar(1, 100)
    await client.pin(car)
    await client.call('GET /pins/not-a-pin')
    const { output } = relay
    expect(await restart('SIGTERM')).toBe(0)
    for (const secret of [
      account.address.slice(2),
      car.root.toString(),
      client.token ?? '',
      sponsorKey.slice(2),
      '127.0.0.1',
    ]) {
      expect(output().toLowerCase()).not.toContain(secret.toLowerCase())
    }
    for (const line of output().trim().split('\n')) {
      expect(JSON.parse(line)).toMatchObject({
        at: expect.any(String),
        level: expect.any(String),
        event: expect.any(String),
      })
    }
  })

  it('says in one line which setting is wrong, and ends with 2', async () => {
    const run = await runOnce({ LEDGER_NETWORK: net.networkFile, RELAY_PORT: 'eighty' })
    expect(run.lines).toEqual([expect.stringMatching(/^RELAY_PORT: /)])
    expect(run.code).toBe(2)
  })

  it('says in one line that a port is taken', async () => {
    const taken = {
      LEDGER_NETWORK: net.networkFile,
      RELAY_DATA: net.newDir(),
      RELAY_PORT: String(place.port),
      RELAY_WS_PORT: '0',
    }
    const run = await runOnce(taken)
    expect(run.lines).toEqual([expect.stringContaining(`Port ${place.port} is taken`)])
    expect(run.code).toBe(1)
    const circuit = await runOnce({ ...taken, RELAY_PORT: '0', RELAY_WS_PORT: String(place.wsPort) })
    expect(circuit.lines).toEqual([expect.stringContaining('is taken')])
  })
})

describe('signing in', () => {
  it('takes a sign-in once', async () => {
    const signIn = await anonymous.signIn(newPatient())
    const answer = await anonymous.call('POST /auth/token', signIn)
    const { expiresAt } = answer.json(tokenReplySchema)
    expect(expiresAt - Date.now() / 1_000).toBeGreaterThan(3_500)
    const replay = await anonymous.call('POST /auth/token', signIn)
    expect([replay.reason, replay.status]).toEqual(['request-replayed', 409])
  })

  it('refuses a stale or far deadline, another relay, a nonce of its own making and a wrong signature', async () => {
    const now = Math.floor(Date.now() / 1_000)
    const refused = async (changes: Parameters<Client['signIn']>[1]) =>
      (await anonymous.call('POST /auth/token', await anonymous.signIn(newPatient(), changes))).reason
    expect(await refused({ deadline: now - 1 })).toBe('deadline-passed')
    expect(await refused({ deadline: now + 60 * 60 })).toBe('deadline-too-far')
    expect(await refused({ audience: 'https://other.example' })).toBe('origin-refused')
    expect(await refused({ nonce: `0x${'ab'.repeat(32)}` })).toBe('request-replayed')
    const stolen = await anonymous.signIn(newPatient())
    expect(await refused({ signature: stolen.signature })).toBe('signature-wrong')
    const s = BigInt(`0x${stolen.signature.slice(66, 130)}`)
    const twinOf = `${(secp256k1Order - s).toString(16).padStart(64, '0')}${stolen.signature.endsWith('1b') ? '1c' : '1b'}`
    const twin = `${stolen.signature.slice(0, 66)}${twinOf}`
    expect((await anonymous.call('POST /auth/token', { ...stolen, signature: twin })).reason).toBe(
      'signature-wrong',
    )
    expect((await anonymous.call('POST /auth/token', stolen)).status).toBe(201)
  })
})

describe('bad input', () => {
  it('gets a declared refusal and never a failure of the relay', async () => {
    const client = await anonymous.signedIn(newPatient())
    const routes = [
      'POST /auth/token',
      'POST /vouchers',
      'POST /blocks',
      'POST /staging/0x00',
      'POST /pins',
      'POST /pins/x',
      'GET /pins/x',
      'DELETE /pins/%00',
      'PUT /grants/x',
      'DELETE /grants/x',
      'GET /grants/x/peer',
      'GET /ipfs/x',
      'GET /ipfs/bafy',
      'POST /inbox/x',
      'DELETE /inbox/x',
      'GET /routing/v1/ipns/x',
      'PUT /routing/v1/ipns/x',
      'PUT /circuit/peer',
      'POST /sponsor',
      'GET /sponsor/x',
      'GET /nothing',
      'PATCH /pins',
      'GET //',
      'GET /%',
      'DELETE /health',
    ]
    const bodies = [
      undefined,
      '',
      {},
      [],
      null,
      { cid: 'b' },
      { __proto__: null, cid: 7 },
      new Uint8Array(70_000),
      { kind: 'grant' },
    ]
    for (const route of routes) {
      for (const body of bodies) {
        const sent = route.startsWith('GET') ? undefined : body
        const answer = await client.call(route, sent)
        expect(answer.status, `${route} ${JSON.stringify(sent)?.slice(0, 40)}`).toBeLessThan(500)
        expect(answer.status, `${route} ${JSON.stringify(sent)?.slice(0, 40)}`).toBeGreaterThanOrEqual(400)
        expect(answer.reason).toMatch(/^[a-z-]+$/)
      }
    }
  })

  it('lets browsers of any origin call, with a token and no cookie', async () => {
    const answer = await anonymous.call('OPTIONS /pins', undefined, {
      origin: 'chrome-extension://abc',
      'access-control-request-method': 'POST',
    })
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-allow-headers')).toContain('carekey-grant')
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
  })
})
