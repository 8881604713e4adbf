import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from './config.ts'

const dir = mkdtempSync(join(tmpdir(), 'carekey-config-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const address = `0x${'1'.repeat(40)}`
const networkFile = join(dir, 'network.json')
writeFileSync(
  networkFile,
  JSON.stringify({
    name: 'test',
    chainId: 1,
    rpcUrl: 'http://127.0.0.1:8545',
    contracts: { accreditation: address, consents: address, records: address },
    deployedAtBlock: 0,
    confirmations: 0,
    relays: ['http://127.0.0.1:8787'],
  }),
)
const read = (environment: Record<string, string>) =>
  readConfig({ LEDGER_NETWORK: networkFile, ...environment })

describe('settings', () => {
  it('need nothing but a network', () => {
    expect(read({})).toMatchObject({
      port: 8787,
      host: '127.0.0.1',
      wsPort: 8788,
      sponsorKey: null,
      allowedOrigins: null,
    })
  })

  it('take the ledger’s address from LEDGER_URL before the network’s', () => {
    expect(read({ LEDGER_URL: 'http://127.0.0.1:1' }).network.rpcUrl).toBe('http://127.0.0.1:1')
  })

  it('read lists, ICE servers and a key file', () => {
    const keyFile = join(dir, 'key')
    writeFileSync(keyFile, `0x${'ab'.repeat(32)}\n`)
    const config = read({
      RELAY_ALLOWED_ORIGINS: 'https://a.example, https://b.example',
      RELAY_ICE_SERVERS: '[{"urls":"stun:stun.example:3478"}]',
      RELAY_SPONSOR_KEY_FILE: keyFile,
    })
    expect(config.allowedOrigins).toEqual(['https://a.example', 'https://b.example'])
    expect(config.iceServers).toEqual([{ urls: 'stun:stun.example:3478' }])
    expect(config.sponsorKey).toBe(`0x${'ab'.repeat(32)}`)
  })

  it('read the token of an upstream service from a file', () => {
    const file = join(dir, 'upstream')
    writeFileSync(file, 'a.token\n')
    const url = 'https://pins.example/v1'
    const settings = { RELAY_UPSTREAM_PINNING: url, RELAY_UPSTREAM_PINNING_TOKEN_FILE: file }
    expect(read(settings).upstream).toEqual({ url, token: 'a.token' })
  })

  it.each([
    ['RELAY_PORT', 'eighty'],
    ['RELAY_UPSTREAM_PINNING', 'https://pins.example'],
    ['RELAY_PORT', '70000'],
    ['RELAY_WS_PORT', '-1'],
    ['RELAY_PUBLIC_URL', 'relay.example'],
    ['RELAY_PUBLIC_URL', 'https://relay.example/path'],
    ['RELAY_PUBLIC_WS', 'wss://relay.example'],
    ['RELAY_ICE_SERVERS', '{'],
    ['RELAY_ICE_SERVERS', '[{"url":1}]'],
    ['RELAY_ALLOWED_ORIGINS', '*'],
    ['RELAY_SPONSOR_KEY', '0x12'],
    ['RELAY_SPONSOR_KEY_FILE', join(dir, 'none')],
    ['LEDGER_URL', 'ws://127.0.0.1'],
    ['LEDGER_NETWORK', join(dir, 'none.json')],
  ])('refuse %s=%s in one line that names it and does not quote a key', (name, value) => {
    const refused = () => read({ [name]: value })
    expect(refused).toThrow(ConfigError)
    expect(refused).toThrow(new RegExp(`^${name}: .+$`))
    if (name === 'RELAY_SPONSOR_KEY') expect(refused).not.toThrow(value)
  })
})
