import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Decrypter, generateHybridIdentity, identityToRecipient } from 'age-encryption'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRelayClient } from '../../extension/node/relay/client.ts'
import { organizationIdOf } from '../../shared/contracts/organizations.ts'
import { encodeEnvelope } from '../../shared/crypto/envelope.ts'
import { createHeader, openHeader } from '../../shared/crypto/header.ts'
import { seal } from '../../shared/crypto/seal.ts'
import { packCar } from '../../shared/portal/server/sealed-file.ts'
import { fromBase64, toBase64 } from '../../shared/protocol/base64.ts'
import type { CidText } from '../../shared/protocol/ids.ts'
import { encodeStatement, statementSchema } from '../../shared/protocol/statement.ts'
import { type Foundation, repository, startFoundation } from '../stack/foundation.ts'
import { ensureAccredited } from '../stack/ledger.ts'
import { freePorts } from '../stack/ports.ts'
import { type BrowserNode, openBrowserNode } from './browser-node.ts'

const MiB = 1024 * 1024
const identifier = 'https://clinic.example'
const clinic = privateKeyToAccount(generatePrivateKey())

let dir: string
let foundation: Foundation
let node: BrowserNode
let deposit: { identity: string; recipient: string }
let storage: { identity: string; recipient: string }
let content: Uint8Array

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'carekey-records-'))
  deposit = await newIdentity()
  storage = await newIdentity()
  content = await readFile(join(repository, 'e2e/data/examples-r4/Bundle-lipids.json'))
  foundation = await startFoundation({ dir, ports: await freePorts() })
  await ensureAccredited(foundation.authority, foundation.network, {
    identifier,
    name: 'A clinic',
    signer: clinic.address,
    recipient: (await newIdentity()).recipient,
    origins: ['http://127.0.0.1:9999'],
  })
  node = await openBrowserNode(foundation)
}, 60_000)

afterAll(async () => {
  await node?.stop()
  await foundation?.stop()
  await rm(dir, { recursive: true, force: true })
})

test('takes a staged record in, seals it anew, saves it at the relay, shows it and exports it', async () => {
  const sealed = await seal([deposit.recipient], encodeEnvelope({ statement: statementOf(content), content }))
  const { cid } = await stage(sealed)
  const token = await node.token()

  const staged = await node.call('node.fetchStaged', await stagedAt(cid))
  const fileKey = await openHeader(fromBase64(staged.header), deposit.identity)
  const opened = await node.call('node.openStaged', { ticket: staged.ticket, fileKey: toBase64(fileKey) })
  expect(fromBase64(opened.statement)).toEqual(new Uint8Array(statementOf(content)))
  expect(opened).toMatchObject({
    contentHash: sha256(content),
    contentBytes: content.length,
    mediaType: 'application/fhir+json',
  })
  expect(opened.summary.sections.flatMap((section) => section.rows.map((row) => row.label)).join()).toMatch(
    /cholesterol/i,
  )
  // A background that died in between asks again.
  const again = await node.call('node.openStaged', { ticket: staged.ticket, fileKey: toBase64(fileKey) })
  expect(again).toEqual(opened)

  const fresh = await createHeader([storage.recipient])
  const keys = { header: toBase64(fresh.header), fileKey: toBase64(fresh.fileKey) }
  const stored = await node.call('node.reseal', { ticket: staged.ticket, ...keys })
  expect(stored.cid).not.toBe(cid)
  await expect(node.call('node.reseal', { ticket: staged.ticket, ...keys })).rejects.toThrow()

  const file = { cid: stored.cid, relay: foundation.relayOrigin, token }
  const { requestId } = await node.call('node.pin', { ...file, name: 'record' })
  expect(await node.call('node.pin', { ...file, name: 'record' })).toEqual({ requestId })

  // The browser has lost its copy: the relay still has it.
  await node.call('node.drop', { cid: stored.cid })
  expect((await node.call('node.state', {})).blocks).toBe(0)
  const shown = await node.call('node.read', { ...file, fileKey: keys.fileKey })
  expect(shown.summary).toEqual(opened.summary)
  expect((await node.call('node.state', {})).blocks).toBe(1)

  const exporting = await createHeader([storage.recipient])
  const { url } = await node.call('node.export', {
    ...file,
    fileKey: keys.fileKey,
    header: toBase64(exporting.header),
    exportKey: toBase64(exporting.fileKey),
  })
  const reader = new Decrypter()
  reader.addIdentity(storage.identity)
  expect(await reader.decrypt(await node.readBlob(url))).toEqual(new Uint8Array(content))
})

test('refuses a damaged, a foreign and a too large deposit', async () => {
  const whole = await seal([deposit.recipient], encodeEnvelope({ statement: statementOf(content), content }))
  const broken = whole.slice()
  // The last byte belongs to the last chunk's tag.
  broken[broken.length - 1] = (broken.at(-1) ?? 0) ^ 1
  const { cid } = await stage(broken)
  const staged = await node.call('node.fetchStaged', await stagedAt(cid))
  const fileKey = toBase64(await openHeader(fromBase64(staged.header), deposit.identity))
  await expect(node.call('node.openStaged', { ticket: staged.ticket, fileKey })).rejects.toThrow(/damaged/)

  const large = await stage(whole)
  const wish = await stagedAt(large.cid)
  await expect(node.call('node.fetchStaged', { ...wish, maxBytes: 1_000 })).rejects.toThrow(/larger/)
  const absent = (await packCar(new Uint8Array(10))).cid
  await expect(node.call('node.fetchStaged', { ...wish, ...(await stagedAt(absent)) })).rejects.toThrow()

  const good = await node.call('node.fetchStaged', wish)
  const wrongKey = toBase64(new Uint8Array(16))
  await expect(node.call('node.openStaged', { ticket: good.ticket, fileKey: wrongKey })).rejects.toThrow(
    /damaged/,
  )
})

test('drops a file, but no block that another file has', async () => {
  const leaf = crypto.getRandomValues(new Uint8Array(65_536))
  const shared = new Uint8Array(MiB)
  for (let offset = 0; offset < MiB; offset += leaf.length) shared.set(leaf, offset)
  const one = concat(shared, Uint8Array.of(1))
  const other = concat(shared, Uint8Array.of(2))
  const before = (await node.call('node.state', {})).blocks
  const first = (await node.call('node.put', { bytes: toBase64(one) })).cid
  const second = (await node.call('node.put', { bytes: toBase64(other) })).cid
  expect((await node.call('node.state', {})).blocks).toBe(before + 5)
  await node.call('node.drop', { cid: first })
  expect((await node.call('node.state', {})).blocks).toBe(before + 3)
  const wish = { maxBytes: 2 * MiB, relay: foundation.relayOrigin, token: await node.token() }
  expect(fromBase64((await node.call('node.get', { ...wish, cid: second })).bytes)).toEqual(other)
  await expect(node.call('node.get', { ...wish, cid: first })).rejects.toThrow()
})

test('starts while the relay is down, and is reachable once it is up', async () => {
  const info = await node.relay.info()
  await foundation.relay().stop()
  const { peerId } = await node.call('node.start', { relay: info })
  expect(peerId).toMatch(/^12D3/)
  expect(await node.call('node.state', {})).toMatchObject({ peerId, reserved: false })
  const start = Date.now()
  await foundation.restartRelay()
  while (!(await node.call('node.state', {})).reserved && Date.now() < start + 30_000) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  expect(node.reservations).toEqual([{ reserved: true, peerId }])
  await node.call('node.stop', {})
  expect(await node.call('node.state', {})).toMatchObject({ peerId: null, reserved: false })
  expect(node.reservations.at(-1)).toEqual({ reserved: false, peerId })
}, 40_000)

async function newIdentity() {
  const identity = await generateHybridIdentity()
  return { identity, recipient: await identityToRecipient(identity) }
}

const sha256 = (bytes: Uint8Array) => `0x${createHash('sha256').update(bytes).digest('hex')}`

const statementOf = (bytes: Uint8Array) =>
  encodeStatement(
    statementSchema.parse({
      version: 1,
      subject: node.patient,
      author: organizationIdOf(identifier),
      title: 'Lipid panel',
      category: 'laboratory',
      mediaType: 'application/fhir+json',
      period: { start: '2026-11-01', end: '2026-11-01' },
      issuedAt: '2026-11-02T09:30:00Z',
      contentHash: sha256(bytes),
      contentBytes: bytes.length,
      previous: null,
      salt: `0x${'5a'.repeat(32)}`,
    }),
  )

/** As the clinic's server does it. */
async function stage(sealed: Uint8Array): Promise<{ cid: CidText }> {
  const { cid, car } = await packCar(sealed)
  const relay = createRelayClient({ origin: foundation.relayOrigin, deployment: foundation.network })
  const token = await relay.token({ address: clinic.address, sign: (data) => clinic.signTypedData(data) })
  const response = await fetch(`${foundation.relayOrigin}/staging/${node.patient}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/vnd.ipld.car' },
    body: new Uint8Array(car),
  })
  expect(response.status).toBe(201)
  return { cid }
}

const stagedAt = async (cid: CidText) => ({
  url: `${foundation.relayOrigin}/staging/${cid}`,
  token: await node.token(),
  cid,
  maxBytes: 10 * MiB,
})

function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
