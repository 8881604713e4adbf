import { afterAll, beforeAll, expect, it } from 'vitest'
import { requirePromised } from '../testing/contract.ts'
import { startTestNetwork, type TestNetwork } from '../testing/network.ts'
import { type RelayHere, startRelayHere } from '../testing/relay-here.ts'
import { operations } from './operations.ts'

let net: TestNetwork
let relay: RelayHere

beforeAll(async () => {
  net = await startTestNetwork()
  relay = await startRelayHere(net)
})
afterAll(async () => {
  await relay?.stop()
  await net?.stop()
})

it('tells of every route that the relay answers, and of no other', () => {
  expect(Object.keys(operations).sort()).toEqual([...relay.routes].sort())
})

it('is served as OpenAPI, with what each route needs', async () => {
  const document = await (await fetch(`${relay.url}/openapi.json`)).json()
  expect(document).toMatchObject({
    openapi: '3.1.0',
    paths: {
      '/pins/{requestid}': {
        get: { security: [{ bearer: [] }], parameters: [{ name: 'requestid', in: 'path' }] },
      },
      '/auth/nonce': { post: { responses: { 200: { content: { 'application/json': {} } } } } },
    },
  })
})

it('is what the answers in these tests are held against', async () => {
  const asked = { method: 'POST', path: '/auth/nonce' }
  const answer = (status: number, body: string, type = 'application/json') => ({
    status,
    headers: new Headers({ 'content-type': type }),
    bytes: new TextEncoder().encode(body),
  })
  const good = JSON.stringify({ nonce: `0x${'ab'.repeat(32)}` })
  await expect(requirePromised(relay.url, asked, answer(200, good))).resolves.toBeUndefined()
  await expect(requirePromised(relay.url, asked, answer(200, '{"nonce":"0x12"}'))).rejects.toThrow(
    'otherwise',
  )
  await expect(requirePromised(relay.url, asked, answer(201, good))).rejects.toThrow('no 201')
  await expect(requirePromised(relay.url, asked, answer(200, good, 'text/plain'))).rejects.toThrow(
    'text/plain',
  )
  await expect(
    requirePromised(relay.url, { ...asked, path: '/auth/other' }, answer(200, good)),
  ).rejects.toThrow('knows no')
})
