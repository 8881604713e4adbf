import { multihashToIPNSRoutingKey, unmarshalIPNSRecord } from 'ipns'
import { ipnsValidator } from 'ipns/validator'
import { base36 } from 'multiformats/bases/base36'
import { CID } from 'multiformats/cid'
import { expect, test } from 'vitest'
import { passphrase, testBrowser } from './test-vault.ts'

test('the pointer is a valid IPNS record of the phrase’s own name, for a year', async () => {
  const vault = await testBrowser().wake()
  await vault.create(passphrase)
  const name = await vault.backupName()
  expect(name).toMatch(/^k51[0-9a-z]+$/)
  const cid = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy'
  const record = await vault.backupPointer(cid, 41n)
  const { multihash } = CID.parse(name, base36)
  // The name carries the public key itself, so that the validator needs nothing else.
  await ipnsValidator(
    multihashToIPNSRoutingKey(multihash as Parameters<typeof multihashToIPNSRoutingKey>[0]),
    record,
  )
  const { value, sequence, validity } = unmarshalIPNSRecord(record)
  expect([value, sequence]).toEqual([`/ipfs/${cid}`, 41n])
  const days = (Date.parse(validity) - Date.now()) / (24 * 60 * 60 * 1_000)
  expect(Math.round(days)).toBe(366)
})

test('a pointer that was altered is refused', async () => {
  const vault = await testBrowser().wake()
  await vault.create(passphrase)
  const { multihash } = CID.parse(await vault.backupName(), base36)
  const key = multihashToIPNSRoutingKey(multihash as Parameters<typeof multihashToIPNSRoutingKey>[0])
  const record = await vault.backupPointer('bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy', 1n)
  record[40] = (record[40] ?? 0) ^ 1
  await expect(ipnsValidator(key, record)).rejects.toThrow()
})
