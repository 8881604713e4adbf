import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type AbiParameter, encodeErrorResult, pad, zeroAddress } from 'viem'
import { describe, expect, it } from 'vitest'
import { accreditationAbi } from './generated/accreditation.ts'
import { attestationsAbi } from './generated/attestations.ts'
import { batchesAbi } from './generated/batches.ts'
import { consentsAbi } from './generated/consents.ts'
import { creditsAbi } from './generated/credits.ts'
import { delegationsAbi } from './generated/delegations.ts'
import { disputesAbi } from './generated/disputes.ts'
import { emergencyAccessAbi } from './generated/emergency-access.ts'
import { practitionersAbi } from './generated/practitioners.ts'
import { recordsAbi } from './generated/records.ts'
import { statisticsAbi } from './generated/statistics.ts'
import { validatorsAbi } from './generated/validators.ts'
import { decodeRefusal } from './refusals.ts'

const contracts = {
  Accreditation: accreditationAbi,
  Attestations: attestationsAbi,
  Batches: batchesAbi,
  Consents: consentsAbi,
  Credits: creditsAbi,
  Delegations: delegationsAbi,
  Disputes: disputesAbi,
  EmergencyAccess: emergencyAccessAbi,
  Practitioners: practitionersAbi,
  Records: recordsAbi,
  Statistics: statisticsAbi,
  Validators: validatorsAbi,
}

/** OpenZeppelin's, of which its own tests take care; the first is ours to check as well. */
const foreign =
  /^(AccessControl(?!UnauthorizedAccount)|CheckpointUnordered|InvalidShortString|StringTooLong|SafeCast)/

const folder = join(import.meta.dirname, 'test')
const tests = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))

const errorsOf = (name: keyof typeof contracts) =>
  contracts[name].flatMap((entry) => (entry.type === 'error' && !foreign.test(entry.name) ? [entry] : []))

const zeroOf = ({ type }: AbiParameter) => {
  if (type === 'address') return zeroAddress
  if (type === 'string') return ''
  if (type.startsWith('bytes')) return pad('0x', { size: 32 })
  return /^u?int(8|16|32|48)$/.test(type) ? 0 : 0n
}

describe.each(Object.keys(contracts) as (keyof typeof contracts)[])('%s', (name) => {
  it('has a test for each of its refusals', () => {
    const selectors = (error: string) => [`I${name}.${error}.selector`, `${error}.selector`]
    const untested = errorsOf(name).filter(
      (error) => !tests.some((test) => selectors(error.name).some((selector) => test.includes(selector))),
    )
    expect(untested.map((error) => error.name)).toEqual([])
  })

  it('has a reason and a text for each of its refusals', () => {
    for (const error of errorsOf(name)) {
      const data = encodeErrorResult({ abi: [error], args: error.inputs.map(zeroOf) } as never)
      const refusal = decodeRefusal(data)
      expect(refusal?.reason, error.name).not.toBe('ledger-refused')
      expect(refusal?.message, error.name).toMatch(/[\w)]\.$/)
    }
  })
})
