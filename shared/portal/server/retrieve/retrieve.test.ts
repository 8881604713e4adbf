import { randomBytes } from 'node:crypto'
import type { Libp2p } from 'libp2p'
import { generatePrivateKey } from 'viem/accounts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomSalt } from '../../../crypto/commit.ts'
import { CarekeyError } from '../../../protocol/errors.ts'
import { type CidText, grantIdSchema } from '../../../protocol/ids.ts'
import { newRecipient } from '../../testing/patient.ts'
import { type PatientNode, serveRetrieval, startCircuitRelay, startPatientNode } from '../../testing/peer.ts'
import { readOptions, type Settings } from '../options.ts'
import { packCar } from '../sealed-file.ts'
import { createDialer, type Dialer } from './node.ts'
import { retrieve } from './retrieve.ts'

const address = `0x${'11'.repeat(20)}` as const
const network = {
  name: 'Test',
  chainId: 1,
  rpcUrl: 'http://127.0.0.1:1',
  contracts: { accreditation: address, consents: address, records: address },
  deployedAtBlock: 0,
  confirmations: 0,
  relays: ['http://127.0.0.1:1'],
}
const grant = grantIdSchema.parse(randomSalt())
const refused = grantIdSchema.parse(randomSalt())
const file = randomBytes(5_300_000)

let relay: Libp2p
let patient: PatientNode
let dialer: Dialer
let settings: Settings
let cid: CidText
let limited: (boolean | undefined)[] = []

beforeAll(async () => {
  const { identity } = await newRecipient()
  settings = await readOptions({
    network,
    organization: {
      identifier: 'https://clinic.example',
      signingKey: generatePrivateKey(),
      ageIdentity: identity,
      origin: 'https://clinic.example',
    },
  })
  const packed = await packCar(file)
  cid = packed.cid
  const damaged = packed.car.slice()
  damaged[packed.car.length - 5_000] = (damaged[packed.car.length - 5_000] ?? 0) ^ 1

  relay = await startCircuitRelay()
  patient = await startPatientNode(String(relay.getMultiaddrs()[0]), AbortSignal.timeout(15_000))
  await serveRetrieval(patient, {
    deployment: settings.network,
    seen: (connection) => limited.push(connection.limits !== undefined),
    answer(proof, signer) {
      if (signer !== settings.account.address.toLowerCase()) return 'grant-not-yours'
      if (proof.grant === refused) return 'grant-revoked'
      return proof.grant === grant ? packed.car : damaged
    },
  })
  const multiaddrs = relay.getMultiaddrs().map(String)
  dialer = await createDialer({ multiaddrs, iceServers: [] }, 'http://127.0.0.1:1')
})

afterAll(async () => {
  await Promise.all([dialer?.node.stop(), patient?.node.stop()])
  await relay?.stop()
})

const fetchWith = (wish: { grant?: typeof grant; peer?: string; maxBytes?: number; as?: Settings }) =>
  retrieve(dialer, wish.as ?? settings, {
    grant: wish.grant ?? grant,
    cid,
    peer: wish.peer ?? patient.address,
    maxBytes: wish.maxBytes ?? file.length,
  })

const reasonOf = (fetching: Promise<unknown>) =>
  fetching.then(
    () => 'fetched',
    (error: unknown) => (error instanceof CarekeyError ? error.reason : error),
  )

describe('fetching from the patient’s own node', () => {
  it('fetches a file of several blocks over WebRTC, not through the relay', { timeout: 40_000 }, async () => {
    limited = []
    const bytes = await fetchWith({})
    expect(Buffer.compare(bytes, file)).toBe(0)
    expect(limited).toEqual([false])
  })

  it('fetches many times over one connection', { timeout: 40_000 }, async () => {
    const fetched = await Promise.all([1, 2, 3].map(() => fetchWith({})))
    expect(fetched.every((bytes) => Buffer.compare(bytes, file) === 0)).toBe(true)
    expect(
      dialer.node.getConnections(patient.node.peerId).filter((one) => one.limits === undefined),
    ).toHaveLength(1)
  })

  it('keeps the node’s reason of a refusal', async () => {
    expect(await reasonOf(fetchWith({ grant: refused }))).toBe('grant-revoked')
  })

  it('is refused without the organization’s key', async () => {
    const { account } = await readOptions({
      network,
      organization: {
        identifier: 'https://other.example',
        signingKey: generatePrivateKey(),
        ageIdentity: settings.ageIdentity,
        origin: 'https://other.example',
      },
    })
    expect(await reasonOf(fetchWith({ as: { ...settings, account } }))).toBe('grant-not-yours')
  })

  it('refuses blocks whose hash is wrong', async () => {
    expect(await reasonOf(fetchWith({ grant: grantIdSchema.parse(randomSalt()) }))).toBe('record-damaged')
  })

  it('refuses more than it asked for', async () => {
    expect(await reasonOf(fetchWith({ maxBytes: 1_000 }))).toBe('record-too-large')
  })

  it('never takes a relayed address for a direct one', async () => {
    const relayed = patient.address.replace('/webrtc', '')
    expect(await reasonOf(fetchWith({ peer: relayed }))).toBe('relay-unreachable')
  })

  it('says that the browser is away when nobody answers', { timeout: 30_000 }, async () => {
    const gone = patient.address.replace(/[^/]+$/, '12D3KooWPjceQrSwdWXPyLLeABRXmuqt69Rg3sBYbU1Nft9HyQ6X')
    expect(await reasonOf(fetchWith({ peer: gone }))).toBe('relay-unreachable')
  })
})
