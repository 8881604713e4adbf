import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { encodeAppoint } from '../officers.ts'
import { submit } from '../submit.ts'
import { startTestLedger, type TestLedger } from '../test-ledger.ts'
import { runScript, storyMs, testKeys, writeTestNetwork } from './test-program.ts'

vi.setConfig({ testTimeout: storyMs })

let world: TestLedger
let dir: string
let network: string

beforeAll(async () => {
  world = await startTestLedger()
  dir = mkdtempSync(join(tmpdir(), 'carekey-command-line-'))
  network = join(dir, `${world.deployed.chainId}.json`)
  writeTestNetwork(network, world)
})
afterAll(async () => {
  await world.stop()
  rmSync(dir, { recursive: true, force: true })
})

const says = async (args: readonly string[], env: Record<string, string> = {}) => {
  const { stdout, stderr, code } = await runScript('authority.ts', args, env)
  return { code, said: stderr || stdout }
}
const suspend = () => ['suspend', '--organization', world.lindqvist.id, '--network', network]

describe('the command line', () => {
  it('tells what there is, and what there is not', async () => {
    const help = await says([])
    expect(help.code).toBe(0)
    expect(help.said).toMatch(/register-organization --organization URI/)
    expect(await says(['abolish'])).toEqual({
      code: 2,
      said: 'authority: There is no command "abolish". "help" lists them all.',
    })
    expect((await says(['toString'])).code).toBe(2)
  })

  it('names the option that is missing, unknown or wrong', async () => {
    expect((await says(['suspend'])).said).toBe('authority: --organization URI is missing.')
    expect((await says(['suspend', '--organisation', 'x'])).said).toMatch(/Unknown option '--organisation'/)
    expect((await says(['suspend', '--organization', 'county'])).said).toMatch(
      /--organization county is not an id/,
    )
    expect((await says(['list', '--rpc', 'ftp://x'])).said).toMatch(/--rpc ftp:\/\/x is not a URL/)
    const register = ['register-organization', '--organization', 'https://a.example', '--name', 'A']
    const rest = [...register, '--signer', '0x12', '--recipient', 'age1x', '--origin', 'https://a.example/']
    expect((await says(rest)).said).toMatch(/--signer 0x12 is not an address/)
  })

  it('answers programs in JSON, failures too', async () => {
    const { said } = await says(['suspend', '--json'])
    expect(JSON.parse(said)).toEqual({
      error: { reason: 'usage', message: '--organization URI is missing.' },
    })
  })

  it('finds the ledger by network file, or by its chain in the address book', async () => {
    expect((await says(['list'])).said).toMatch(/Which ledger\?/)
    expect((await says(['list', '--network', network])).said).toMatch(/Lindqvist Clinic/)
    expect((await says(['list', '--rpc', world.rpcUrl, '--book', dir])).said).toMatch(/Lindqvist Clinic/)
    expect((await says(['list', '--rpc', world.rpcUrl, '--book', join(dir, 'none')])).said).toMatch(
      /The address book has no .*31337\.json/,
    )
    expect((await says(['list', '--network', join(dir, 'none.json')])).said).toMatch(
      /There is no network file/,
    )
    const broken = join(dir, 'broken.json')
    writeFileSync(broken, '{"name":"x","chainId":31337}')
    expect((await says(['list', '--network', broken])).said).toMatch(/is not a network file. Look at: rpcUrl/)
  })

  it('refuses a node of another chain, and one that does not answer', async () => {
    const other = join(dir, 'other.json')
    writeFileSync(other, readFileSync(network, 'utf8').replace('"chainId":31337', '"chainId":1'))
    expect((await says(['list', '--network', other])).said).toMatch(
      /The node is of chain 31337, but .* is of chain 1/,
    )
    expect((await says(['list', '--network', network, '--rpc', 'http://127.0.0.1:9/secret'])).said).toBe(
      'authority: No ledger answers at http://127.0.0.1:9/…. Check the address, and that the node runs.',
    )
  })

  it('says who cannot pay', async () => {
    const poor = `0x${'1'.repeat(64)}` as const
    const account = '0x19e7e376e7c213b7e7e7e46cc70a5dd086daff2a'
    await submit(world.wallet, encodeAppoint(world.deployed, account))
    expect((await says(suspend(), { CAREKEY_KEY: poor })).said).toMatch(
      new RegExp(`^authority: ${account} holds 0 of the ledger's money`),
    )
  })
})

describe('the key', () => {
  it('is made into a keystore file that only its owner may read, and that is never overwritten', async () => {
    const keystore = join(dir, 'officer.json')
    const password = join(dir, 'password.txt')
    writeFileSync(password, 'four blue cranes\n')
    const make = ['new-key', '--keystore', keystore, '--password-file', password]
    const made = await runScript('authority.ts', [...make, '--json'])
    const { address } = JSON.parse(made.stdout)
    expect(statSync(keystore).mode & 0o777).toBe(0o600)
    const before = readFileSync(keystore, 'utf8')
    expect((await says(make)).said).toMatch(/is there already/)
    expect(readFileSync(keystore, 'utf8')).toBe(before)

    const by = ['--keystore', keystore, '--password-file', password, '--dry-run', '--json']
    await submit(world.wallet, encodeAppoint(world.deployed, address))
    expect(JSON.parse((await says([...suspend(), ...by])).said)).toMatchObject({
      outcome: 'rehearsed',
      by: address,
    })
    const typed = ['--keystore', keystore, '--dry-run']
    expect((await says([...suspend(), ...typed], { CAREKEY_PASSWORD: 'wrong' })).said).toMatch(
      /The password does not open/,
    )
    expect((await says([...suspend(), ...typed])).said).toMatch(/There is no password: give --password-file/)
  })

  it('opens a keystore of another maker', async () => {
    // The example of the Web3 Secret Storage definition, with its published password.
    const keystore = join(dir, 'published.json')
    writeFileSync(keystore, JSON.stringify(published))
    const by = ['--keystore', keystore, '--dry-run', '--json']
    const officer = ['suspend', '--organization', 'https://nobody.example', '--network', network]
    expect((await says([...officer, ...by], { CAREKEY_PASSWORD: 'testpassword' })).said).toMatch(
      /No organization/,
    )
    const account = '0x008aeeda4d805471df9b2a5b0f38a0c3bcba786b'
    await submit(world.wallet, encodeAppoint(world.deployed, account))
    const rehearsed = await says([...suspend(), ...by], { CAREKEY_PASSWORD: 'testpassword' })
    expect(JSON.parse(rehearsed.said)).toMatchObject({ outcome: 'rehearsed', by: account })
  })

  it('must be there and well formed, and is never shown', async () => {
    expect((await says(suspend())).said).toMatch(/There is no key: give --keystore FILE, or set CAREKEY_KEY/)
    const secret = `${testKeys.admin}ff`
    const { said } = await says(suspend(), { CAREKEY_KEY: secret })
    expect(said).toBe('authority: CAREKEY_KEY is not a private key (0x and 64 hex digits).')
    expect((await says([...suspend(), '--keystore', network])).said).toMatch(/is not a keystore file/)
  })
})

const published = {
  crypto: {
    cipher: 'aes-128-ctr',
    cipherparams: { iv: '6087dab2f9fdbbfaddc31a909735c1e6' },
    ciphertext: '5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46',
    kdf: 'pbkdf2',
    kdfparams: {
      c: 262144,
      dklen: 32,
      prf: 'hmac-sha256',
      salt: 'ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd',
    },
    mac: '517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2',
  },
  id: '3198bc9c-6672-5ab3-d995-4942343ae5b6',
  version: 3,
}
