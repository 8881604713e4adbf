import { createHash } from 'node:crypto'
import { generateHybridIdentity, identityToRecipient } from 'age-encryption'
import { beforeAll, expect, test, vi } from 'vitest'
import { encodeEnvelope } from '../../../shared/crypto/envelope.ts'
import { createHeader, type SealHeader } from '../../../shared/crypto/header.ts'
import { openWithFileKey, sealWithFileKey } from '../../../shared/crypto/seal.ts'
import { encodeStatement, statementSchema } from '../../../shared/protocol/statement.ts'
import { workerLimits } from './limits.ts'
import { createSealing } from './sealing.ts'

const content = new TextEncoder().encode(JSON.stringify({ resourceType: 'Patient', name: [{ text: 'Ann' }] }))
let recipient: string

beforeAll(async () => {
  recipient = await identityToRecipient(await generateHybridIdentity())
})

const statementOf = (bytes: Uint8Array, mediaType = 'application/fhir+json') =>
  encodeStatement(
    statementSchema.parse({
      version: 1,
      subject: `0x${'01'.repeat(20)}`,
      author: `0x${'02'.repeat(32)}`,
      title: 'A document',
      category: 'documents',
      mediaType,
      period: { start: '2026-11-01', end: '2026-11-01' },
      issuedAt: '2026-11-02T09:30:00Z',
      contentHash: `0x${createHash('sha256').update(bytes).digest('hex')}`,
      contentBytes: bytes.length,
      previous: null,
      salt: `0x${'03'.repeat(32)}`,
    }),
  )

async function sealed(statement = statementOf(content), key?: SealHeader) {
  const header = key ?? (await createHeader([recipient]))
  const file = await sealWithFileKey(header, encodeEnvelope({ statement, content }))
  return { sealed: file.buffer, fileKey: new Uint8Array(header.fileKey) }
}

test('seals an opened document anew without a change, and then holds it no longer', async () => {
  const sealing = createSealing()
  await sealing.handle({ type: 'open', ticket: 'a', ...(await sealed()) })
  const fresh = await createHeader([recipient])
  const request = { type: 'reseal', ticket: 'a', header: fresh.header } as const
  const answer = await sealing.handle({ ...request, fileKey: new Uint8Array(fresh.fileKey) })
  if (!('sealed' in answer)) throw new TypeError('Nothing was sealed.')
  const opened = await openWithFileKey(fresh.fileKey, new Uint8Array(answer.sealed))
  expect(opened).toEqual(encodeEnvelope({ statement: statementOf(content), content }))
  await expect(sealing.handle({ ...request, fileKey: new Uint8Array(fresh.fileKey) })).rejects.toMatchObject({
    reason: 'record-missing',
  })
})

test('wipes the file key after use', async () => {
  const request = { type: 'read', ...(await sealed()) } as const
  await createSealing().handle(request)
  expect(request.fileKey).toEqual(new Uint8Array(16))
})

test('refuses to seal under a header that does not go with the key', async () => {
  const sealing = createSealing()
  await sealing.handle({ type: 'open', ticket: 'a', ...(await sealed()) })
  const { header } = await createHeader([recipient])
  const fileKey = crypto.getRandomValues(new Uint8Array(16))
  const wrong = sealing.handle({ type: 'reseal', ticket: 'a', header, fileKey })
  await expect(wrong).rejects.toMatchObject({ reason: 'record-damaged' })
})

test('refuses what is no record, and a record that is not the one of its statement', async () => {
  const sealing = createSealing()
  const open = async (statement: Uint8Array) =>
    sealing.handle({ type: 'open', ticket: crypto.randomUUID(), ...(await sealed(statement)) })
  await expect(open(new Uint8Array(0))).rejects.toMatchObject({ reason: 'statement-mismatch' })
  await expect(open(statementOf(content, 'application/pdf'))).rejects.toMatchObject({
    reason: 'record-format-unknown',
  })
  const other = await sealed(statementOf(Uint8Array.of(1)))
  await expect(sealing.handle({ type: 'read', ...other })).rejects.toMatchObject({
    reason: 'record-hash-wrong',
  })
})

test('holds few documents, and none for long', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const sealing = createSealing()
    const tickets = Array.from({ length: workerLimits.ticketsMax + 1 }, (_, index) => `ticket ${index}`)
    for (const ticket of tickets) await sealing.handle({ type: 'open', ticket, ...(await sealed()) })
    const ask = (ticket: string) => sealing.handle({ type: 'open', ticket, fileKey: new Uint8Array(16) })
    const [first = '', second = '', ...others] = tickets
    await expect(ask(first)).rejects.toMatchObject({ reason: 'record-missing' })
    expect(await ask(second)).toMatchObject({ contentBytes: content.length })
    await sealing.handle({ type: 'discard', ticket: second })
    await expect(ask(second)).rejects.toMatchObject({ reason: 'record-missing' })
    vi.advanceTimersByTime(workerLimits.ticketTtlMs)
    for (const ticket of others) await expect(ask(ticket)).rejects.toMatchObject({ reason: 'record-missing' })
  } finally {
    vi.useRealTimers()
  }
})
