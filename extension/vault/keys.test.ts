import { createHash } from 'node:crypto'
import { recoverTypedDataAddress } from 'viem'
import { beforeEach, describe, expect, test } from 'vitest'
import { createHeader } from '../../shared/crypto/header.ts'
import { open, seal } from '../../shared/crypto/seal.ts'
import { organizationIdSchema } from '../../shared/protocol/ids.ts'
import { signInTypedData } from '../../shared/protocol/sign-in.ts'
import { passphrase, type TestBrowser, testBrowser } from './test-vault.ts'

const organization = organizationIdSchema.parse(`0x${'5d'.repeat(32)}`)
const other = organizationIdSchema.parse(`0x${'6e'.repeat(32)}`)
const address = `0x${'11'.repeat(20)}` as const
const deployment = {
  chainId: 31337,
  contracts: { accreditation: address, consents: address, records: address },
}
const relay = 'https://relay.example'

let browser: TestBrowser
beforeEach(() => {
  browser = testBrowser()
})

describe('the keys', () => {
  test('sign as a pseudonym and as a relay account, which nobody can link', async () => {
    const vault = await browser.wake()
    await vault.create(passphrase)
    const account = await vault.relayAccount(relay)
    const data = signInTypedData(deployment, { account, audience: relay, nonce: organization, deadline: 5 })
    const signedBy = async (signature: `0x${string}`) =>
      (await recoverTypedDataAddress({ ...data, signature })).toLowerCase()
    expect(await signedBy(await vault.signAsRelayAccount(relay, data))).toBe(account)
    const signature = await vault.signAs(organization, data)
    expect(signature).toMatch(/^0x[0-9a-f]{130}$/)
    expect(await signedBy(signature)).toBe(await vault.pseudonym(organization))
    const accounts = [account, await vault.pseudonym(organization), await vault.pseudonym(other)]
    accounts.push(await vault.relayAccount('https://relay2.example'))
    accounts.push(await vault.delegateAccount(organization), await vault.delegateAccount(other))
    expect(new Set(accounts).size).toBe(6)
    expect(await signedBy(await vault.signAsDelegate(other, data))).toBe(await vault.delegateAccount(other))
    await expect(vault.relayAccount('relay.example/path')).rejects.toMatchObject({ reason: 'params-invalid' })
  })

  test('open what is sealed to them and refuse what is not', async () => {
    const vault = await browser.wake()
    await vault.create(passphrase)
    const plain = new TextEncoder().encode('Lipid panel')
    const recipient = await vault.depositRecipient(organization)
    const file = await seal([recipient], plain)
    expect(await vault.openDeposit(organization, file)).toEqual(plain)
    await expect(vault.openDeposit(other, file)).rejects.toMatchObject({ reason: 'record-damaged' })
    const { header, fileKey } = await createHeader([recipient])
    expect(await vault.openDepositHeader(organization, header)).toEqual(fileKey)
    expect(await vault.openStorage(await seal([await vault.storageRecipient()], plain))).toEqual(plain)
    const identity = await vault.exportIdentity(passphrase)
    expect(await open(identity, await seal([await vault.storageRecipient()], plain))).toEqual(plain)
    expect((await vault.createStorageHeader()).fileKey).toHaveLength(16)
  })

  test('leave no trace of themselves in what is stored', async () => {
    const vault = await browser.wake()
    const words = await vault.create(passphrase)
    await vault.pseudonym(organization)
    await vault.lock()
    const stored = JSON.stringify([await browser.storage.local.get('carekey-vault')])
    expect(await browser.storage.session.get('carekey-session')).not.toHaveProperty('carekey-session.dataKey')
    for (const word of words) expect(stored).not.toContain(`"${word}"`)
    expect(stored).not.toContain(passphrase)
    expect(stored).not.toContain(createHash('sha256').update(passphrase).digest('base64'))
  })
})
