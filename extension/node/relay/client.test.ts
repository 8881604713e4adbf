import { privateKeyToAccount } from 'viem/accounts'
import { expect, test, vi } from 'vitest'
import { signInSchema, signInTypedData } from '../../../shared/protocol/sign-in.ts'
import { createRelayClient, type RelayAccount } from './client.ts'

const origin = 'https://relay.example'
const contract = `0x${'11'.repeat(20)}` as const
const deployment = {
  chainId: 31_337,
  contracts: { accreditation: contract, consents: contract, records: contract },
}
const nonce = `0x${'22'.repeat(32)}` as const
const patient = privateKeyToAccount(`0x${'33'.repeat(32)}`)

interface Call {
  method: string
  path: string
  token: string | null
  body: unknown
}

type Answer = (call: Call, count: number) => Response | Promise<Response>

/** A relay of one route beside signing in; `calls` holds what it was asked. */
function relayWith(route: Answer, ttlSeconds = 3_600) {
  const calls: Call[] = []
  let tokens = 0
  const fetch = async (input: string, init: RequestInit): Promise<Response> => {
    const { pathname, search } = new URL(input)
    const call: Call = {
      method: init.method ?? 'GET',
      path: pathname + search,
      token: new Headers(init.headers).get('authorization'),
      body: typeof init.body === 'string' ? JSON.parse(init.body) : init.body,
    }
    calls.push(call)
    if (pathname === '/auth/nonce') return Response.json({ nonce })
    if (pathname === '/auth/token') {
      tokens += 1
      return Response.json({
        token: `t${tokens}`,
        id: `i${tokens}`,
        expiresAt: Math.floor(Date.now() / 1_000) + ttlSeconds,
      })
    }
    return route(call, calls.filter(({ path }) => path === call.path).length)
  }
  return { calls, client: createRelayClient({ origin, deployment, fetch }) }
}

const account: RelayAccount = { address: patient.address, sign: (data) => patient.signTypedData(data) }
const refused = (status: number, reason: string) =>
  Response.json({ error: { reason, details: 'Because.' } }, { status })
const noContent = () => new Response(null, { status: 204 })
const networkFailed = () => Promise.reject(new TypeError('Failed to fetch'))

test('signs in once for this relay’s origin, and keeps the token', async () => {
  const { calls, client } = relayWith(noContent)
  expect(await Promise.all([client.token(account), client.token(account)])).toEqual(['t1', 't1'])
  expect(await client.token(account)).toBe('t1')
  expect(calls.map(({ path }) => path)).toEqual(['/auth/nonce', '/auth/token'])
  const { signature, ...message } = signInSchema.parse(calls[1]?.body)
  expect(message).toMatchObject({ account: patient.address.toLowerCase(), audience: origin, nonce })
  expect(signature).toBe(await patient.signTypedData(signInTypedData(deployment, message)))
})

test('signs in again when the token is about to run out', async () => {
  const { client } = relayWith(noContent, 30)
  expect(await client.token(account)).toBe('t1')
  expect(await client.token(account)).toBe('t2')
})

test('renews a token that the relay has forgotten, once', async () => {
  const { calls, client } = relayWith(({ token }) =>
    token === 'Bearer t2' ? noContent() : refused(401, 'token-invalid'),
  )
  await client.registerPeer(await client.token(account), '12D3KooWexample')
  expect(calls.filter(({ path }) => path === '/circuit/peer').map(({ token }) => token)).toEqual([
    'Bearer t1',
    'Bearer t2',
  ])
  expect(await client.token(account)).toBe('t2')

  const deaf = relayWith(() => refused(401, 'token-invalid'))
  await expect(deaf.client.receipts(await deaf.client.token(account))).rejects.toMatchObject({
    reason: 'token-invalid',
  })
  expect(deaf.calls.filter(({ path }) => path === '/receipts')).toHaveLength(2)
  await expect(deaf.client.receipts('from elsewhere')).rejects.toMatchObject({ reason: 'token-invalid' })
})

test('keeps the relay’s reason, and does not ask twice for a refusal', async () => {
  const { calls, client } = relayWith(() => refused(402, 'budget-spent'))
  await expect(client.sponsored('x')).rejects.toMatchObject({ reason: 'budget-spent', message: 'Because.' })
  expect(calls).toHaveLength(1)
})

test('asks again when the network failed, and gives up in time', async () => {
  vi.useFakeTimers()
  try {
    const { calls, client } = relayWith((_, count) => (count < 3 ? networkFailed() : noContent()))
    const done = client.putName('k51', new Uint8Array(4))
    await vi.runAllTimersAsync()
    await done
    expect(calls).toHaveLength(3)

    const dead = relayWith(networkFailed)
    const failed = expect(dead.client.info()).rejects.toMatchObject({ reason: 'relay-unreachable' })
    await vi.runAllTimersAsync()
    await failed
    expect(dead.calls).toHaveLength(3)
  } finally {
    vi.useRealTimers()
  }
})

test('says that a relay cannot be used when its answer has another form', async () => {
  const { client } = relayWith(() => Response.json({ id: 'x', status: 'perhaps' }))
  await expect(client.sponsored('x')).rejects.toMatchObject({ reason: 'relay-unreachable' })
})

test('takes “not found” as an answer where that is one', async () => {
  const { client } = relayWith(() => refused(404, 'not-found'))
  expect(await client.getName('k51')).toBeUndefined()
  await client.acknowledge('t', '1')
  await client.discardStaged('t', 'bafkqaaa')
  await expect(client.receipts('t')).rejects.toMatchObject({ reason: 'not-found' })
})

test('reads no more of an IPNS record than one may have', async () => {
  const { client } = relayWith(() => new Response(new Uint8Array(20_000)))
  await expect(client.getName('k51')).rejects.toMatchObject({ reason: 'record-too-large' })
})
