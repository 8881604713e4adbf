import { CarekeyError } from '../../shared/protocol/errors.ts'
import { grantIdOf } from '../../shared/protocol/grant.ts'
import { cidSchema, grantIdSchema } from '../../shared/protocol/ids.ts'
import { grantMappingSchema, grantPeerSchema, receiptsReplySchema } from '../../shared/protocol/relay-api.ts'
import { noContent, ok, type Reply } from '../http/reply.ts'
import type { Routes } from '../http/router.ts'
import type { Account, Tokens } from '../identity/tokens.ts'
import { relayLimits } from '../limits.ts'
import type { Metrics } from '../metrics.ts'
import type { BlockStore } from '../storage/block-store.ts'
import { parseCid } from '../storage/cid.ts'
import type { Database } from '../storage/database.ts'
import { readBlock } from '../storage/serve.ts'
import { contentReply } from './content.ts'
import { admitReader, liveMappings, type Reader, type Readers } from './readers.ts'
import type { Receipts } from './receipts.ts'

export interface Gateway extends Readers {
  db: Database
  store: BlockStore
  tokens: Tokens
  receipts: Receipts
  metrics: Metrics
  /** Where an account's own node can be reached now, as a multiaddr; null when it is not connected. */
  peerAddressOf: (account: Account) => Promise<string | null>
}

export function gatewayRoutes(gateway: Gateway): Routes {
  const { ledger, mappings, tokens, receipts, metrics, pins } = gateway
  const read = (cid: Parameters<typeof readBlock>[1]) => readBlock(gateway, cid)

  return {
    'PUT /grants/:id': async (exchange) => {
      const owner = await tokens.require(exchange, 'grants')
      const grantId = exchange.param('id', grantIdSchema)
      const mapping = await exchange.json(grantMappingSchema, relayLimits.mappingMaxBytes)
      if (grantIdOf(ledger.deployment, mapping.grant) !== grantId) {
        throw new CarekeyError('params-invalid', 'The grant does not have this id.')
      }
      await mappings.put(owner, grantId, mapping)
      return noContent
    },
    'DELETE /grants/:id': async (exchange) => {
      const owner = await tokens.require(exchange, 'grants')
      if (!(await mappings.close(owner, exchange.param('id', grantIdSchema)))) {
        throw new CarekeyError('not-found', 'You have mapped no such grant.')
      }
      return noContent
    },
    'GET /grants/:id/peer': async (exchange) => {
      const account = await tokens.require(exchange, 'read')
      const { live } = await liveMappings(gateway, account, exchange.param('id', grantIdSchema))
      const addresses = await Promise.all(live.map(({ owner }) => gateway.peerAddressOf(owner)))
      return ok(grantPeerSchema.parse({ multiaddr: addresses.find((address) => address !== null) ?? null }))
    },

    'GET /ipfs/:cid': async (exchange) => {
      try {
        const account = await tokens.require(exchange, 'read')
        const text = exchange.param('cid', cidSchema)
        const cid = parseCid(text)
        const reader = await admitReader(gateway, exchange, account, cid)
        const reply = await contentReply({ pins, read }, exchange, reader, cid)
        if (exchange.method === 'HEAD') return reply
        return await counted(gateway, reply, reader, text)
      } catch (error) {
        if (error instanceof CarekeyError) metrics.gatewayRefused.inc({ reason: error.reason })
        throw error
      }
    },
    'GET /receipts': async (exchange) =>
      ok(
        receiptsReplySchema.parse({
          receipts: await receipts.list(await tokens.require(exchange, 'grants')),
        }),
      ),
  }
}

/** Counts the bytes that leave, and writes the receipt also when the reader goes away half-way. */
async function counted(
  { metrics, receipts }: Gateway,
  reply: Reply,
  reader: Reader,
  cid: string,
): Promise<Reply> {
  const served = async (bytes: number): Promise<void> => {
    metrics.gatewayBytes.inc(bytes)
    if (reader.kind !== 'grantee' || bytes === 0) return
    await receipts.add(reader.owner, {
      grant: reader.grantId,
      cid,
      organization: reader.organization.id,
      bytes,
    })
  }
  if ('bytes' in reply) {
    await served(reply.bytes.byteLength)
    return reply
  }
  if (!('stream' in reply)) return reply
  async function* metered(stream: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let bytes = 0
    try {
      for await (const chunk of stream) {
        bytes += chunk.byteLength
        yield chunk
      }
    } finally {
      await served(bytes)
    }
  }
  return { ...reply, stream: metered(reply.stream) }
}
