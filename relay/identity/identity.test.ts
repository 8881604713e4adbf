import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createSiweMessage } from 'viem/siwe'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newPatient } from '../../shared/contracts/test-ledger.ts'
import { nonceReplySchema, tokenReplySchema, tokensReplySchema } from '../../shared/protocol/relay-api.ts'
import { randomCar } from '../testing/car.ts'
import { Client } from '../testing/client.ts'
import { startTestNetwork, type TestNetwork } from '../testing/network.ts'
import { movableClock, type RelayHere, startRelayHere } from '../testing/relay-here.ts'
import { environmentAt } from '../testing/storage.ts'

let net: TestNetwork
let dataDir: string
let relay: RelayHere
const { clock, moveMs } = movableClock()

beforeAll(async () => {
  net = await startTestNetwork()
  dataDir = net.newDir()
  relay = await startRelayHere(net, { dataDir }, clock)
})
afterAll(async () => {
  await relay?.stop()
  await net?.stop()
})

const bearing = (token: string) => new Client(relay.url, net.network, token)

describe('a sign-in by EIP-4361', () => {
  type Fields = Parameters<typeof createSiweMessage>[0]

  async function signedMessage(changes: Partial<Fields> = {}) {
    const account = newPatient()
    const { nonce } = (await relay.anonymous.call('POST /auth/nonce')).json(nonceReplySchema)
    const message = createSiweMessage({
      address: account.address,
      chainId: net.network.chainId,
      domain: new URL(relay.url).host,
      uri: relay.url,
      version: '1',
      nonce,
      expirationTime: new Date(Date.now() + 60_000),
      ...changes,
    })
    return { message, signature: await account.signMessage({ message }) }
  }
  const reasonOf = async (changes: Partial<Fields>) =>
    (await relay.anonymous.call('POST /auth/siwe', await signedMessage(changes))).reason

  it('gives a token, once', async () => {
    const signed = await signedMessage()
    const { token } = (await relay.anonymous.call('POST /auth/siwe', signed)).json(tokenReplySchema)
    expect((await bearing(token).call('GET /pins')).status).toBe(200)
    expect((await relay.anonymous.call('POST /auth/siwe', signed)).reason).toBe('request-replayed')
  })

  it('is refused for another relay, chain, time, nonce or signer', async () => {
    expect(await reasonOf({ domain: 'relay.example' })).toBe('origin-refused')
    expect(await reasonOf({ uri: 'https://relay.example' })).toBe('origin-refused')
    expect(await reasonOf({ chainId: 1 })).toBe('origin-refused')
    expect(await reasonOf({ expirationTime: new Date(Date.now() - 1_000) })).toBe('deadline-passed')
    expect(await reasonOf({ notBefore: new Date(Date.now() + 30_000) })).toBe('deadline-passed')
    expect(await reasonOf({ expirationTime: new Date(Date.now() + 86_400_000) })).toBe('deadline-too-far')
    expect(await reasonOf({ nonce: `0x${'00'.repeat(32)}` })).toBe('request-replayed')
    const [{ message }, { signature }] = [await signedMessage(), await signedMessage()]
    expect((await relay.anonymous.call('POST /auth/siwe', { message, signature })).reason).toBe(
      'signature-wrong',
    )
    const bare = { message: 'I am somebody.', signature }
    expect((await relay.anonymous.call('POST /auth/siwe', bare)).reason).toBe('params-invalid')
  })
})

describe('tokens', () => {
  const signIn = async (account: ReturnType<typeof newPatient>, wish: object = {}) => {
    const signed = await relay.anonymous.signIn(account)
    return (await relay.anonymous.call('POST /auth/token', { ...signed, ...wish })).json(tokenReplySchema)
  }
  const listed = async (client: Client) =>
    (await client.call('GET /auth/tokens')).json(tokensReplySchema).tokens

  it('are good for what they were asked for and nothing else', async () => {
    const { token } = await signIn(newPatient(), { scopes: ['read', 'inbox'] })
    const client = bearing(token)
    expect((await client.call('GET /inbox')).status).toBe(200)
    for (const route of ['GET /pins', 'GET /receipts', 'GET /auth/tokens']) {
      expect((await client.call(route)).reason).toBe('forbidden')
    }
    expect((await client.call('POST /blocks', (await randomCar(1, 10)).bytes)).reason).toBe('forbidden')
  })

  it('are listed for their account alone, and one that is ended is refused at once', async () => {
    const [account, stranger] = [newPatient(), newPatient()]
    const laptop = await signIn(account, { label: 'laptop' })
    const phone = await signIn(account, { label: 'phone' })
    const other = bearing((await signIn(stranger)).token)
    const client = bearing(laptop.token)
    expect(await listed(client)).toMatchObject([
      { label: 'phone', isCurrent: false },
      { label: 'laptop', isCurrent: true },
    ])
    expect((await other.call(`DELETE /auth/tokens/${phone.id}`)).reason).toBe('not-found')
    expect((await client.call(`DELETE /auth/tokens/${phone.id}`)).status).toBe(204)
    expect((await bearing(phone.token).call('GET /pins')).reason).toBe('token-invalid')
    expect(await listed(client)).toHaveLength(1)
    expect((await client.call('DELETE /auth/tokens/current')).status).toBe(204)
    expect((await client.call('GET /pins')).reason).toBe('token-invalid')
    expect((await other.call('GET /pins')).status).toBe(200)
  })

  it('end themselves even where they may not see the others', async () => {
    const { token, id } = await signIn(newPatient(), { scopes: ['read'] })
    expect((await bearing(token).call(`DELETE /auth/tokens/${id}`)).status).toBe(204)
    expect((await bearing(token).call('GET /inbox')).reason).toBe('token-invalid')
  })

  it('live no longer than asked', async () => {
    const { token } = await signIn(newPatient(), { lifeSeconds: 60 })
    moveMs(61_000)
    expect((await bearing(token).call('GET /pins')).reason).toBe('token-invalid')
    moveMs(-61_000)
  })
})

describe('a token of the operator', () => {
  const mint = async (...options: string[]) =>
    promisify(execFile)(process.execPath, [join(import.meta.dirname, '..', 'token.ts'), ...options], {
      env: { PATH: process.env.PATH ?? '', RELAY_DATA: dataDir, ...(await environmentAt(dataDir)) },
    })

  it('is printed alone, and good at the running relay until its hours are over', async () => {
    const { address } = newPatient()
    const { stdout } = await mint('--account', address, '--hours', '2', '--scopes', 'pins,tokens')
    expect(stdout).toMatch(/^[A-Za-z0-9_-]{43}\n$/)
    const client = bearing(stdout.trim())
    const { tokens } = (await client.call('GET /auth/tokens')).json(tokensReplySchema)
    expect(tokens).toMatchObject([{ scopes: ['pins', 'tokens'], isCurrent: true }])
    moveMs(2 * 3_600_000 + 1_000)
    expect((await client.call('GET /pins')).reason).toBe('token-invalid')
    moveMs(-2 * 3_600_000 - 1_000)
  })

  it('is not made for what is no account, or without an end', async () => {
    for (const options of [[], ['--account', '0x12'], ['--account', newPatient().address, '--hours', '-1']]) {
      await expect(mint(...options)).rejects.toMatchObject({ code: 2, stdout: '' })
    }
  })
})
