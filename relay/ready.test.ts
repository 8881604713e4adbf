import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestNetwork, type TestNetwork } from './testing/network.ts'
import { startRelayHere } from './testing/relay-here.ts'

let net: TestNetwork

beforeAll(async () => {
  net = await startTestNetwork()
})
afterAll(() => net?.stop())

async function stateWith(rpcUrl: string) {
  const relay = await startRelayHere(net, { network: { ...net.network, rpcUrl }, sponsorKey: null })
  try {
    const [health, ready] = [
      await relay.anonymous.call('GET /health'),
      await relay.anonymous.call('GET /ready'),
    ]
    return [health, ready].map(({ status, bytes }) => ({
      status,
      body: JSON.parse(new TextDecoder().decode(bytes)) as unknown,
    }))
  } finally {
    await relay.stop()
  }
}

describe('the relay’s state', () => {
  it('is ready while database and ledger answer', async () => {
    expect(await stateWith(net.network.rpcUrl)).toEqual([
      { status: 200, body: { status: 'ok' } },
      { status: 200, body: { status: 'ready', database: true, ledger: true } },
    ])
  })

  it('is up but not ready without the ledger', async () => {
    expect(await stateWith('http://127.0.0.1:1')).toEqual([
      { status: 200, body: { status: 'ok' } },
      { status: 503, body: { status: 'not-ready', database: true, ledger: false } },
    ])
  })
})
