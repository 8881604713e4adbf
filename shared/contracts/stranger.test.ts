// What a stranger with every node's data can join: two acts belong together when a value stands in both that is not
// everybody's. From one pseudonym's acts no such chain may lead to another pseudonym of the same person.
import { type Hex, keccak256, numberToHex, pad, stringToBytes } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { delegationIdOf, delegationTypedData } from '../protocol/delegation.ts'
import { tombstoneTypedData } from '../protocol/dispute.ts'
import { grantTypedData } from '../protocol/grant.ts'
import { addressSchema, NO_HASH, pseudonymSchema, signatureSchema } from '../protocol/ids.ts'
import { encodePurpose, purposeSchema } from '../protocol/purposes.ts'
import { encodeOpenDeposit, encodeVote, readVotes } from './attestations.ts'
import {
  type Call,
  encodeAccess,
  encodeAnchor,
  encodeGrant,
  encodeReplacement,
  encodeRevocation,
} from './calls.ts'
import { prepareClaim } from './credits.ts'
import { encodeDelegatedGrant, encodeDelegation } from './delegations.ts'
import { encodeDispute, encodeResolveDispute, encodeTombstone } from './disputes.ts'
import { encodeEmergencyPolicy } from './emergency.ts'
import { submit } from './submit.ts'
import { nameTestSupporters, signTestDeposit, signTestVote } from './test-attestations.ts'
import { signTestDispute } from './test-credits.ts'
import { signTestPolicy } from './test-emergency.ts'
import {
  newPatient,
  signTestAccess,
  signTestAnchor,
  signTestGrant,
  signTestRevocation,
  startTestLedger,
  type TestLedger,
  type TestOrganization,
} from './test-ledger.ts'

const day = 24 * 60 * 60
/** Times, counts, offsets and codes are below. */
const smallestSecret = 1n << 64n

let world: TestLedger
let supporters: TestOrganization[]
beforeAll(async () => {
  world = await startTestLedger()
  supporters = await nameTestSupporters(world, ['one', 'two', 'three'])
})
afterAll(() => world.stop())

const salted = () => keccak256(newPatient().address)

/** Everything that a patient can have on the ledger, under one pseudonym. */
async function liveThrough(patient: PrivateKeyAccount, scopeHash: Hex): Promise<void> {
  const { deployed, ledger, startedAt, wallet } = world
  const subject = pseudonymSchema.parse(patient.address)
  const send = (call: Call) => submit(wallet, call)

  const first = await signTestAnchor(world, patient, salted())
  const next = await signTestAnchor(world, patient, salted(), { previous: first.anchor.commitment })
  const deposit = await signTestDeposit(world, next.anchor)
  await send(encodeAnchor(deployed, first))
  await send(encodeAnchor(deployed, next))
  await send(encodeOpenDeposit(deployed, deposit))
  for (const [index, { voter }] of (await readVotes(ledger, deposit.id)).slice(0, 2).entries()) {
    const by = supporters.find(({ id }) => id === voter)
    if (!by) throw new Error('All supporters are ours.')
    await send(encodeVote(deployed, await signTestVote(world, by, deposit.id, 'approve', 1), index))
  }
  await send(await prepareClaim(ledger, deposit.deposit))

  const granted = await signTestGrant(world, patient, { scopeHash })
  await send(encodeGrant(deployed, granted))
  await send(encodeAccess(deployed, await signTestAccess(world, granted.grant, salted())))
  const narrower = await signTestGrant(world, patient, { scopeHash: salted() })
  const revocation = await signTestRevocation(world, patient, granted.id)
  await send(encodeReplacement(deployed, { revocation, ...narrower }))
  await send(encodeRevocation(deployed, await signTestRevocation(world, patient, narrower.id)))

  const carer = newPatient()
  const delegation = {
    patient: subject,
    delegate: addressSchema.parse(carer.address),
    role: 'decide',
    notBefore: startedAt,
    notAfter: startedAt + 30 * day,
    deadline: startedAt + day,
  } as const
  const delegated = await patient.signTypedData(delegationTypedData(deployed, delegation))
  await send(encodeDelegation(deployed, { delegation, signature: signatureSchema.parse(delegated) }))
  const { grant } = await signTestGrant(world, patient, { scopeHash: salted() })
  const signature = signatureSchema.parse(await carer.signTypedData(grantTypedData(deployed, grant)))
  const id = delegationIdOf(deployed, delegation)
  await send(encodeDelegatedGrant(deployed, { delegation: id, grant, signature }))

  const { commitment } = next.anchor
  await send(encodeDispute(deployed, await signTestDispute(world, patient, commitment)))
  const answer = { subject, commitment, upheld: false, findingsHash: salted() }
  await send(encodeResolveDispute(deployed, answer))
  const deadline = startedAt + day
  const buried = await patient.signTypedData(tombstoneTypedData(deployed, { commitment, deadline }))
  const tombstone = { subject, commitment, deadline, signature: signatureSchema.parse(buried) }
  await send(encodeTombstone(deployed, tombstone))
  await send(encodeEmergencyPolicy(deployed, await signTestPolicy(world, patient, { holdersHash: salted() })))
}

/** The words of every transaction and its events, those left out that stand for everybody. */
async function everything(): Promise<Set<Hex>[]> {
  const { ledger, lindqvist, stBrigid } = world
  const open = new Set<Hex>([
    ...[lindqvist, stBrigid, ...supporters].map(({ id }) => id),
    ...purposeSchema.options.map((purpose) => encodePurpose(purpose)),
    NO_HASH,
  ])
  const acts: Set<Hex>[] = []
  const last = await ledger.client.getBlockNumber()
  for (let number = ledger.deployedAtBlock; number <= last; number++) {
    const block = await ledger.client.getBlock({ blockNumber: number, includeTransactions: true })
    for (const { hash, input, to } of block.transactions) {
      if (to === null) continue
      const { logs } = await ledger.client.getTransactionReceipt({ hash })
      const words = [
        ...wordsOf(`0x${input.slice(10)}`),
        // An event's first topic is its kind.
        ...logs.flatMap(({ data, topics }) => [...topics.slice(1), ...wordsOf(data)]),
      ]
      acts.push(new Set(words.filter((word) => !open.has(word) && BigInt(word) >= smallestSecret)))
    }
  }
  return acts
}

const wordsOf = (data: Hex): Hex[] =>
  [...data.slice(2).matchAll(/.{64}/g)].map(([word]) => `0x${word}` as Hex)

/** All that hangs together with a pseudonym, over any number of steps. */
function joined(acts: readonly Set<Hex>[], pseudonym: PrivateKeyAccount): Set<Hex> {
  const known = new Set<Hex>([wordOf(pseudonym)])
  const rest = new Set(acts)
  let grew = true
  while (grew) {
    grew = false
    for (const act of rest) {
      if (known.isDisjointFrom(act)) continue
      for (const word of act) known.add(word)
      rest.delete(act)
      grew = true
    }
  }
  return known
}

const wordOf = ({ address }: PrivateKeyAccount): Hex => pad(addressSchema.parse(address), { size: 32 })

it('lets no stranger join two pseudonyms of one person, whatever the person did', async () => {
  const [one, two] = [newPatient(), newPatient()]
  await liveThrough(one, salted())
  await liveThrough(two, salted())
  const acts = await everything()
  const found = joined(acts, one)
  expect(found.size).toBeGreaterThan(40)
  expect(found.has(wordOf(two))).toBe(false)
  expect(joined(acts, two).has(wordOf(one))).toBe(false)
})

it('would notice one salt that two pseudonyms share', async () => {
  const [one, two] = [newPatient(), newPatient()]
  const shared = keccak256(stringToBytes(numberToHex(7)))
  await liveThrough(one, shared)
  await liveThrough(two, shared)
  expect(joined(await everything(), one).has(wordOf(two))).toBe(true)
})
