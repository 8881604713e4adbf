import { contentHashOf } from '../../../shared/crypto/commit.ts'
import { decodeEnvelope, encodeEnvelope } from '../../../shared/crypto/envelope.ts'
import { splitHeader } from '../../../shared/crypto/header.ts'
import { openWithFileKey, sealWithFileKey } from '../../../shared/crypto/seal.ts'
import { readDocument } from '../../../shared/fhir/read.ts'
import { summarize } from '../../../shared/fhir/summarize.ts'
import { fromBase64, toBase64 } from '../../../shared/protocol/base64.ts'
import { CarekeyError } from '../../../shared/protocol/errors.ts'
import { decodeStatement } from '../../../shared/protocol/statement.ts'
import type { nodeMessages } from '../../messages.ts'
import type { Handlers } from '../../messaging/serve.ts'
import type { NodePort } from '../ports.ts'
import { cidOf, type TestRelay } from './relay.ts'

export interface TestNode {
  port: NodePort
  blocks: Map<string, Uint8Array>
  /** Its document was closed: what it had opened is forgotten. */
  restart(): void
}

const peerId = '12D3KooWTestPeerOfThePatient'

/** A node without a network: real seals, blocks in a map. */
export function testNode(relay: TestRelay): TestNode {
  const blocks = new Map<string, Uint8Array>()
  const tickets = new Map<string, Uint8Array>()
  let ticketCount = 0
  const missing = () => new CarekeyError('record-missing', 'There is no such file.')
  const unused = async (): Promise<never> => {
    throw new Error('Not a part of these tests.')
  }
  const find = (cid: string): Uint8Array => {
    const bytes = blocks.get(cid) ?? relay.pinned.get(cid)
    if (!bytes) throw missing()
    return bytes
  }
  const handlers: Handlers<typeof nodeMessages> = {
    'node.start': async () => ({ peerId }),
    'node.stop': async () => ({}),
    'node.state': async () => ({ peerId, reserved: true, servedBytes: 0, blocks: blocks.size }),
    async 'node.fetchStaged'({ cid, maxBytes }) {
      if (relay.down) throw new CarekeyError('relay-unreachable', 'The relay does not answer.')
      const file = relay.staged.get(cid)
      if (!file) throw missing()
      if (file.length > maxBytes)
        throw new CarekeyError('record-too-large', 'The file is larger than it may be.')
      const ticket = `ticket-${++ticketCount}`
      tickets.set(ticket, file)
      return { ticket, header: toBase64(splitHeader(file).header) }
    },
    async 'node.openStaged'({ ticket, fileKey }) {
      const file = tickets.get(ticket)
      if (!file) throw missing()
      const plain = await openWithFileKey(fromBase64(fileKey), file)
      tickets.set(ticket, plain)
      const { statement, content } = decodeEnvelope(plain)
      return {
        statement: toBase64(statement),
        contentHash: await contentHashOf(content),
        contentBytes: content.length,
        mediaType: content[0] === '{'.charCodeAt(0) ? 'application/fhir+json' : null,
        summary: { title: 'A record', sections: [], series: [] },
        issues: [],
      }
    },
    async 'node.reseal'({ ticket, header, fileKey }) {
      const plain = tickets.get(ticket)
      if (!plain) throw missing()
      const sealed = await sealWithFileKey(
        { header: new Uint8Array(fromBase64(header)), fileKey: new Uint8Array(fromBase64(fileKey)) },
        encodeEnvelope(decodeEnvelope(plain)),
      )
      const cid = cidOf(sealed)
      blocks.set(cid, sealed)
      return { cid, sealedBytes: sealed.length }
    },
    async 'node.discard'({ ticket }) {
      tickets.delete(ticket)
      return {}
    },
    async 'node.put'({ bytes }) {
      const file = fromBase64(bytes)
      blocks.set(cidOf(file), file)
      return { cid: cidOf(file) }
    },
    'node.get': async ({ cid }) => ({ bytes: toBase64(find(cid)) }),
    async 'node.pin'({ cid }) {
      if (relay.down) throw new CarekeyError('relay-unreachable', 'The relay does not answer.')
      relay.pinned.set(cid, find(cid))
      return { requestId: `pin-${cid.slice(-6)}` }
    },
    async 'node.drop'({ cid }) {
      blocks.delete(cid)
      return {}
    },
    async 'node.read'({ cid, fileKey }) {
      const { statement, content } = decodeEnvelope(await openWithFileKey(fromBase64(fileKey), find(cid)))
      const read = readDocument(content, decodeStatement(statement).mediaType)
      if (!read.ok) throw new CarekeyError(read.reason, read.message)
      return { statement: toBase64(statement), summary: summarize(read.document), issues: [] }
    },
    'node.export': unused,
  }
  return {
    blocks,
    restart: () => tickets.clear(),
    port: {
      // Each handler takes its own request; TypeScript cannot follow the key.
      call: (type, request) => (handlers[type] as (request: unknown) => Promise<never>)(request),
    },
  }
}
