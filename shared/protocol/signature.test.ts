import { type Hex, hexToBigInt, numberToHex, slice } from 'viem'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { expect, it } from 'vitest'
import { signerOf } from './signature.ts'
import { typedData } from './typed-data.ts'

const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
const address = `0x${'11'.repeat(20)}` as const
const deployment = { chainId: 1, contracts: { accreditation: address, consents: address, records: address } }
const account = privateKeyToAccount(generatePrivateKey())
const data = typedData(deployment, 'Revocation', { grant: `0x${'22'.repeat(32)}`, deadline: 1n })

it('says who signed', async () => {
  expect(await signerOf(data, await account.signTypedData(data))).toBe(account.address.toLowerCase())
})

it('takes no other form of a good signature than the ledger does', async () => {
  const signature = await account.signTypedData(data)
  const [r, s, v] = [slice(signature, 0, 32), slice(signature, 32, 64), Number(slice(signature, 64, 65))]
  const form = (highS: Hex, otherV: number): Hex =>
    `${r}${highS.slice(2)}${otherV.toString(16).padStart(2, '0')}`
  const twin = numberToHex(order - hexToBigInt(s), { size: 32 })
  for (const other of [
    form(twin, v === 27 ? 28 : 27),
    form(s, v - 27),
    slice(signature, 0, 64),
    '0x',
  ] as const) {
    expect(await signerOf(data, other)).toBeUndefined()
  }
})
