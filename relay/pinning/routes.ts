import type { CID } from 'multiformats/cid'
import { voucherSchema } from '../../shared/protocol/connection.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { cidSchema, pseudonymSchema } from '../../shared/protocol/ids.ts'
import { stagedSchema } from '../../shared/protocol/relay-api.ts'
import type { Rates } from '../http/rate.ts'
import { created, noContent, ok, type Reply } from '../http/reply.ts'
import type { Exchange, Routes } from '../http/router.ts'
import type { Account, Tokens } from '../identity/tokens.ts'
import { type Ledger, requireOrganization } from '../ledger/ledger.ts'
import { relayLimits } from '../limits.ts'
import type { Metrics } from '../metrics.ts'
import { carLength, writeCar } from '../storage/car.ts'
import { parseCid } from '../storage/cid.ts'
import { readBlock, readBlocks } from '../storage/serve.ts'
import type { Claims } from './claims.ts'
import type { Intake } from './intake.ts'
import { readFilter } from './pin-filter.ts'
import { pinRequestSchema } from './pin-status.ts'
import type { Pinner } from './pinner.ts'
import type { PinnedBlock, Pins } from './pins.ts'
import type { Quota } from './quota.ts'
import type { Staging } from './staging.ts'
import { uploadBlocks } from './uploads.ts'

export interface Pinning {
  intake: Intake
  claims: Claims
  pins: Pins
  pinner: Pinner
  quota: Quota
  staging: Staging
  tokens: Tokens
  rates: Rates
  metrics: Metrics
  ledger: Ledger
  /** Where to bring blocks, as the Pinning Service API wants it told. */
  delegates: () => readonly string[]
}

export const carHeaders = {
  'content-type': 'application/vnd.ipld.car; version=1; order=dfs; dups=n',
  'cache-control': 'private, no-store',
} as const

export function pinningRoutes(pinning: Pinning): Routes {
  const { pins, quota, staging, tokens, rates, metrics, ledger, delegates } = pinning
  const pinId = (exchange: Exchange): string => exchange.params.requestid ?? ''

  return {
    'POST /vouchers': async (exchange) => {
      const account = await tokens.require(exchange, 'pins')
      return created({ quotaBytes: await quota.accept(account, await exchange.json(voucherSchema)) })
    },

    'POST /blocks': async (exchange) => {
      const account = await tokens.require(exchange, 'pins')
      rates.take('upload', account)
      const quotaBytes = await quota.bytesOf(account)
      const isVouched = quotaBytes > relayLimits.quotaUnsponsoredBytes
      if (!isVouched) rates.take('unvouchedUpload', exchange.address)
      const source = exchange.stream(relayLimits.carMaxBytes)
      const uploaded = await uploadBlocks(
        { ...pinning.intake, claims: pinning.claims, pinner: pinning.pinner },
        account,
        isVouched ? source : unvouched(source, exchange.address, rates),
        quotaBytes,
      )
      metrics.uploadedBytes.inc({ to: 'blocks' }, uploaded.bytes)
      return created(uploaded)
    },

    'POST /staging/:pseudonym': async (exchange) => {
      const uploader = await tokens.require(exchange, 'staging')
      rates.take('upload', uploader)
      const taker = exchange.param('pseudonym', pseudonymSchema)
      const organization = await requireOrganization(ledger, uploader)
      const staged = await staging.receive(exchange.stream(relayLimits.carMaxBytes), {
        taker,
        uploader,
        organization: organization.id,
      })
      metrics.uploadedBytes.inc({ to: 'staging' }, staged.bytes)
      return created(
        stagedSchema.parse({ cid: staged.cid, bytes: staged.bytes, expiresAt: staged.expiresAt }),
      )
    },
    'GET /staging/:cid': async (exchange) => {
      const account = await tokens.require(exchange, 'staging')
      const found = await staging.find(account, exchange.param('cid', cidSchema))
      if (!found) throw notStaged()
      return carReply(pinning, found.root, found.blocks)
    },
    'DELETE /staging/:cid': async (exchange) => {
      const account = await tokens.require(exchange, 'staging')
      if (!(await staging.remove(account, exchange.param('cid', cidSchema)))) throw notStaged()
      return noContent
    },

    'GET /pins': async (exchange) =>
      ok(await pins.list(await tokens.require(exchange, 'pins'), readFilter(exchange.query), delegates())),
    'POST /pins': (exchange) => addPin(pinning, exchange, null),
    'GET /pins/:requestid': async (exchange) =>
      ok(await pins.get(await tokens.require(exchange, 'pins'), pinId(exchange), delegates())),
    'POST /pins/:requestid': (exchange) => addPin(pinning, exchange, pinId(exchange)),
    'DELETE /pins/:requestid': async (exchange) => {
      await pins.remove(await tokens.require(exchange, 'pins'), pinId(exchange))
      return { status: 202 }
    },
  }
}

async function* unvouched(
  source: AsyncIterable<Uint8Array>,
  address: string,
  rates: Rates,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of source) {
    rates.take('unvouchedBytes', address, chunk.byteLength)
    yield chunk
  }
}

const notStaged = () => new CarekeyError('not-found', 'Nothing waits here for you under this CID.')

async function addPin(pinning: Pinning, exchange: Exchange, replaces: string | null): Promise<Reply> {
  const { pins, pinner, delegates } = pinning
  const account = await pinning.tokens.require(exchange, 'pins')
  const request = await exchange.json(pinRequestSchema)
  const cid = parseCid(request.cid)
  await adoptStaged(pinning, account, cid)
  const requestid = await pins.add(account, request, replaces)
  await pinner.begin({ requestid, account, cid, settleByMs: 0 })
  return { status: 202, json: await pins.get(account, requestid, delegates()) }
}

/** What was staged for a pseudonym it may pin without uploading it again: it can read it anyway. */
async function adoptStaged({ staging, claims, quota }: Pinning, account: Account, cid: CID): Promise<void> {
  const found = await staging.find(account, cid.toV1().toString())
  if (!found) return
  const held = found.blocks.map((block) => ({ multihash: block.cid.multihash.bytes, bytes: block.bytes }))
  await claims.hold(account, held, await quota.bytesOf(account))
}

async function carReply(
  { intake, metrics }: Pinning,
  root: CID,
  blocks: readonly PinnedBlock[],
): Promise<Reply> {
  const read = (cid: CID) => readBlock({ ...intake, metrics }, cid)
  const [head, ...rest] = blocks
  const length = carLength(root, blocks)
  const stored = head
    ? readBlocks(
        { cid: head.cid, bytes: await read(head.cid) },
        rest.map(({ cid }) => cid),
        read,
      )
    : emptyBlocks()
  return { status: 200, headers: { ...carHeaders, 'content-length': length }, stream: writeCar(root, stored) }
}

async function* emptyBlocks(): AsyncGenerator<never> {}
