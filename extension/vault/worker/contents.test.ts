import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { contentHashOf } from '../../../shared/crypto/commit.ts'
import { encodeEnvelope } from '../../../shared/crypto/envelope.ts'
import { encodeStatement, statementSchema } from '../../../shared/protocol/statement.ts'
import { contentsOf } from './contents.ts'

const invoice = JSON.parse(
  readFileSync(new URL('../../../e2e/data/examples-r4/Invoice-example.json', import.meta.url), 'utf8'),
)
const glucose = { resourceType: 'Observation', status: 'final', code: { text: 'Glucose' } }

async function open(category: string, ...resources: object[]) {
  const entry = resources.map((resource) => ({ resource }))
  const content = new TextEncoder().encode(
    JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }),
  )
  const statement = statementSchema.parse({
    version: 1,
    subject: `0x${'01'.repeat(20)}`,
    author: `0x${'02'.repeat(32)}`,
    title: 'A document',
    category,
    mediaType: 'application/fhir+json',
    period: { start: '2026-11-01', end: '2026-11-01' },
    issuedAt: '2026-11-02T09:30:00Z',
    contentHash: await contentHashOf(content),
    contentBytes: content.length,
    previous: null,
    salt: `0x${'03'.repeat(32)}`,
  })
  return contentsOf(encodeEnvelope({ statement: encodeStatement(statement), content }))
}

const warned = (issues: string[]) => issues.filter((issue) => issue.startsWith('This is sent as a bill'))

test('warns of care that is sent as a bill, and of that alone', async () => {
  expect(warned((await open('billing', invoice, glucose)).issues)).toHaveLength(1)
  expect(warned((await open('billing', invoice)).issues)).toEqual([])
  expect(warned((await open('documents', invoice, glucose)).issues)).toEqual([])
})

test('gives the figures of a bill', async () => {
  const { summary } = await open('billing', invoice)
  expect(summary.bills?.map(({ total }) => total)).toEqual([{ minor: 4_800, currency: 'EUR' }])
})
