import { type Hex, keccak256, parseEventLogs, parseSignature, serializeSignature, stringToBytes } from 'viem'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { anchorDigestOf, anchorMessage } from '../protocol/anchor.ts'
import { grantMessage } from '../protocol/grant.ts'
import { typedDataTypes } from '../protocol/typed-data.ts'
import { encodeReinstate, encodeSuspend } from './authority.ts'
import { type Call, encodeAccess, encodeAnchor, encodeGrant, encodeRevocation, simulate } from './calls.ts'
import { consentsAbi } from './generated/consents.ts'
import { recordsAbi } from './generated/records.ts'
import { openLedger, readHead } from './ledger.ts'
import { sponsoredKindOf } from './sponsored.ts'
import { submit } from './submit.ts'
import {
  newPatient,
  signTestAccess,
  signTestAnchor,
  signTestGrant,
  signTestRevocation,
  startTestLedger,
  type TestLedger,
} from './test-ledger.ts'

let world: TestLedger
beforeAll(async () => {
  world = await startTestLedger()
})
afterAll(() => world.stop())

const send = (call: Call) => submit(world.wallet, call)
const refusalOf = async (call: Call) =>
  (await simulate(world.ledger, call, world.wallet.account.address))?.reason ?? null

describe('a grant', () => {
  it('passes once and has the id that the protocol computes', async () => {
    const signed = await signTestGrant(world, newPatient())
    const call = encodeGrant(world.deployed, signed)
    expect(await refusalOf(call)).toBeNull()
    const receipt = await send(call)
    const [event] = parseEventLogs({ abi: consentsAbi, logs: receipt.logs, eventName: 'Granted' })
    expect(event?.args.id).toBe(signed.id)
    expect(await refusalOf(call)).toBe('grant-exists')
  })

  it('is refused before anything is spent, with its reason', async () => {
    const signed = await signTestGrant(world, newPatient())
    await send(encodeGrant(world.deployed, signed))
    const { client } = world.ledger
    const { address } = world.wallet.account
    const nonce = await client.getTransactionCount({ address })
    await expect(send(encodeGrant(world.deployed, signed))).rejects.toMatchObject({ reason: 'grant-exists' })
    expect(await client.getTransactionCount({ address })).toBe(nonce)
  })

  it.each([
    ['whose deadline passed', 'deadline-passed', (now: number) => ({ deadline: now - 1 })],
    ['whose period is empty', 'params-invalid', (now: number) => ({ notBefore: now + 9, notAfter: now + 9 })],
    ['whose period is over', 'params-invalid', (now: number) => ({ notBefore: now - 9, notAfter: now - 1 })],
  ] as const)('is refused %s', async (_, reason, change) => {
    const { timestamp } = await readHead(world.ledger)
    const signed = await signTestGrant(world, newPatient(), change(timestamp))
    expect(await refusalOf(encodeGrant(world.deployed, signed))).toBe(reason)
  })

  it('is refused when it was altered after signing', async () => {
    const { grant, signature } = await signTestGrant(world, newPatient())
    const altered = { grant: { ...grant, notAfter: grant.notAfter + 1 }, signature }
    expect(await refusalOf(encodeGrant(world.deployed, altered))).toBe('signature-wrong')
  })

  it.each([
    ['as its mirror image with a high s', mirrored],
    [
      'with v of 0 or 1',
      (signature: Hex): Hex => `${signature.slice(0, -2) as Hex}${signature.endsWith('1b') ? '00' : '01'}`,
    ],
  ])('is refused with a signature %s', async (_, alter) => {
    const { grant, signature } = await signTestGrant(world, newPatient())
    const call = encodeGrant(world.deployed, { grant, signature: alter(signature) })
    expect(await refusalOf(call)).toBe('signature-wrong')
  })

  it.each([
    ['in the 64-byte form', (signature: Hex): Hex => signature.slice(0, -2) as Hex],
    ['with a byte too many', (signature: Hex): Hex => `${signature}00`],
    ['that is empty', (): Hex => '0x'],
  ])('cannot even be written with a signature %s', async (_, alter) => {
    const { grant, signature } = await signTestGrant(world, newPatient())
    expect(() => encodeGrant(world.deployed, { grant, signature: alter(signature) })).toThrow(
      expect.objectContaining({ reason: 'signature-wrong' }),
    )
  })

  it('to an unknown, suspended or expired organization is refused, each with its own reason', async () => {
    const unknown = await signTestGrant(world, newPatient(), { grantee: `0x${'ab'.repeat(32)}` as never })
    expect(await refusalOf(encodeGrant(world.deployed, unknown))).toBe('organization-unknown')
    const signed = await signTestGrant(world, newPatient())
    await send(encodeSuspend(world.deployed, world.lindqvist.id))
    expect(await refusalOf(encodeGrant(world.deployed, signed))).toBe('organization-suspended')
    await send(encodeReinstate(world.deployed, world.lindqvist.id))
    expect(await refusalOf(encodeGrant(world.deployed, signed))).toBeNull()
  })
})

describe('a revocation', () => {
  it('passes before its grant was submitted, and keeps it out', async () => {
    const patient = newPatient()
    const signed = await signTestGrant(world, patient)
    const revocation = encodeRevocation(world.deployed, await signTestRevocation(world, patient, signed.id))
    await send(revocation)
    expect(await refusalOf(encodeGrant(world.deployed, signed))).toBe('grant-revoked')
    expect(await refusalOf(revocation)).toBe('grant-revoked')
  })

  it('is refused when a stranger signed it', async () => {
    const signed = await signTestGrant(world, newPatient())
    const forged = await signTestRevocation(world, newPatient(), signed.id)
    const call = encodeRevocation(world.deployed, { ...forged, patient: signed.grant.patient })
    expect(await refusalOf(call)).toBe('signature-wrong')
  })
})

describe('an access', () => {
  it('is logged once under a live grant, and refused after its revocation', async () => {
    const patient = newPatient()
    const signed = await signTestGrant(world, patient)
    const call = encodeAccess(world.deployed, await signTestAccess(world, signed.grant))
    expect(await refusalOf(call)).toBe('grant-unknown')
    await send(encodeGrant(world.deployed, signed))
    await send(call)
    expect(await refusalOf(call)).toBe('access-logged')
    await send(encodeRevocation(world.deployed, await signTestRevocation(world, patient, signed.id)))
    const another = await signTestAccess(world, signed.grant, keccak256(stringToBytes('another')))
    expect(await refusalOf(encodeAccess(world.deployed, another))).toBe('grant-revoked')
  })

  it('is refused before the grant begins', async () => {
    const { timestamp } = await readHead(world.ledger)
    const signed = await signTestGrant(world, newPatient(), { notBefore: timestamp + 3_600 })
    await send(encodeGrant(world.deployed, signed))
    const call = encodeAccess(world.deployed, await signTestAccess(world, signed.grant))
    expect(await refusalOf(call)).toBe('grant-not-started')
  })
})

describe('an anchor', () => {
  it('passes once, and a version may follow it', async () => {
    const patient = newPatient()
    const first = await signTestAnchor(world, patient, 'first')
    await send(encodeAnchor(world.deployed, first))
    expect(await refusalOf(encodeAnchor(world.deployed, first))).toBe('anchor-exists')
    const second = await signTestAnchor(world, patient, 'second', { previous: first.anchor.commitment })
    await send(encodeAnchor(world.deployed, second))
  })

  it('is refused when its former version is not there', async () => {
    const { anchor } = await signTestAnchor(world, newPatient(), 'never anchored')
    const orphan = await signTestAnchor(world, newPatient(), 'orphan', { previous: anchor.commitment })
    expect(await refusalOf(encodeAnchor(world.deployed, orphan))).toBe('previous-unknown')
  })

  it('is refused when its former version is another author’s', async () => {
    const patient = newPatient()
    const first = await signTestAnchor(world, patient, 'another’s', {}, world.lindqvist)
    await send(encodeAnchor(world.deployed, first))
    const taken = await signTestAnchor(world, patient, 'taken over', { previous: first.anchor.commitment })
    expect(await refusalOf(encodeAnchor(world.deployed, taken))).toBe('previous-unknown')
  })

  it('is refused for another author than the patient accepted', async () => {
    const accepted = await signTestAnchor(world, newPatient(), 'taken')
    const call = encodeAnchor(world.deployed, { ...accepted, author: world.lindqvist.id })
    expect(await refusalOf(call)).toBe('signature-wrong')
  })
})

describe('what a sponsor may pay for', () => {
  it('is told by target and selector', async () => {
    const patient = newPatient()
    const signed = await signTestGrant(world, patient)
    const { deployed } = world
    const grant = encodeGrant(deployed, signed)
    const revocation = encodeRevocation(deployed, await signTestRevocation(world, patient, signed.id))
    const access = encodeAccess(deployed, await signTestAccess(world, signed.grant))
    const anchor = encodeAnchor(deployed, await signTestAnchor(world, patient, 'sponsored'))
    expect([grant, revocation, access, anchor].map((call) => sponsoredKindOf(deployed, call))).toEqual([
      'grant',
      'revocation',
      'access',
      'anchor',
    ])
    expect(sponsoredKindOf(deployed, { ...grant, to: deployed.contracts.records })).toBeNull()
    expect(sponsoredKindOf(deployed, { ...grant, data: '0x' })).toBeNull()
    expect(sponsoredKindOf(deployed, encodeSuspend(deployed, world.lindqvist.id))).toBeNull()
  })
})

describe('a ledger that does not answer', () => {
  it('is told apart from a refusal', async () => {
    const silent = openLedger({ ...world.deployed, rpcUrl: 'http://127.0.0.1:1' }, AbortSignal.timeout(300))
    await expect(readHead(silent)).rejects.toMatchObject({ reason: 'ledger-unreachable' })
  })
})

describe('the signed structures', () => {
  it('belong to the domains that the protocol names, so that their digests agree', async () => {
    const patient = newPatient()
    const { grant, id } = await signTestGrant(world, patient)
    const accepted = await signTestAnchor(world, patient, 'domains')
    const { client, deployment } = world.ledger
    const { consents, records } = deployment.contracts
    const [, name, version, chainId, verifyingContract] = await client.readContract({
      abi: consentsAbi,
      address: consents,
      functionName: 'eip712Domain',
    })
    expect({ name, version, chainId, verifyingContract: verifyingContract.toLowerCase() }).toEqual({
      name: 'Carekey Consents',
      version: '1',
      chainId: BigInt(deployment.chainId),
      verifyingContract: consents,
    })
    const grantDigest = await client.readContract({
      abi: consentsAbi,
      address: consents,
      functionName: 'grantId',
      args: [grantMessage(grant)],
    })
    expect(grantDigest).toBe(id)
    const anchorDigest = await client.readContract({
      abi: recordsAbi,
      address: records,
      functionName: 'anchorDigest',
      args: [anchorMessage(accepted.anchor)],
    })
    expect(anchorDigest).toBe(anchorDigestOf(deployment, accepted.anchor))
  })

  it('have the type strings that the interfaces name', () => {
    const encoded = (primaryType: keyof typeof typedDataTypes) =>
      `${primaryType}(${typedDataTypes[primaryType].map(({ type, name }) => `${type} ${name}`).join(',')})`
    expect(encoded('Grant')).toBe(
      'Grant(address patient,bytes32 grantee,bytes32 purpose,uint64 notBefore,uint64 notAfter,bytes32 scopeHash,uint256 deadline)',
    )
    expect(encoded('Revocation')).toBe('Revocation(bytes32 grant,uint256 deadline)')
    expect(encoded('Access')).toBe('Access(bytes32 grant,bytes32 accessHash,uint256 deadline)')
    expect(encoded('Anchor')).toBe(
      'Anchor(bytes32 commitment,address subject,bytes32 previous,uint256 deadline)',
    )
    expect(encoded('Acceptance')).toBe('Acceptance(bytes32 anchor,bytes32 author,uint256 deadline)')
  })
})

/** The other signature that the same key and digest allow. */
function mirrored(signature: Hex): Hex {
  const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
  const { r, s, yParity } = parseSignature(signature)
  const other = (order - BigInt(s)).toString(16).padStart(64, '0')
  return serializeSignature({ r, s: `0x${other}`, yParity: yParity === 0 ? 1 : 0 })
}
