import { sha256 } from '@noble/hashes/sha2.js'
import { CID } from 'multiformats/cid'
import * as Digest from 'multiformats/hashes/digest'
import { type Hex, keccak256 } from 'viem'
import { encodeAct } from '../../../shared/contracts/act-calls.ts'
import {
  anchorLeafOf,
  batchOf,
  encodeAnchorBatch,
  encodeGrantBatch,
  grantLeafOf,
} from '../../../shared/contracts/batches.ts'
import { submit } from '../../../shared/contracts/submit.ts'
import { CarekeyError } from '../../../shared/protocol/errors.ts'
import { type CidText, cidSchema } from '../../../shared/protocol/ids.ts'
import type {
  GrantMapping,
  Receipt,
  SponsoredAct,
  SponsoredStatus,
} from '../../../shared/protocol/relay-api.ts'
import type { RelayClient } from '../ports.ts'
import { turns } from '../queue/turns.ts'
import type { TestChain } from './chain.ts'

export const cidOf = (bytes: Uint8Array): CidText =>
  cidSchema.parse(CID.createV1(0x55, Digest.create(0x12, sha256(bytes))).toString())

/** What a relay holds, in memory; its sponsor pays on the real chain. The real relay is met in the journeys. */
export interface TestRelay {
  client: RelayClient
  staged: Map<string, Uint8Array>
  pinned: Map<string, Uint8Array>
  grants: Map<string, GrantMapping>
  receipts: Receipt[]
  /** Messages by account, oldest first. */
  inboxes: Map<string, { id: string; from: Hex; receivedAt: number; sealed: Uint8Array }[]>
  names: Map<string, Uint8Array>
  /** Every act that was ever handed over. */
  acts: SponsoredAct[]
  /** From now on every call fails, as on a broken line. */
  down: boolean
  /** The sponsor takes acts, and nothing reaches the ledger. */
  ledgerDown: boolean
  /** Grants and anchors wait for `closeBatches`, unless they ask to go by themselves. */
  batching: boolean
  /** Brings what waits to the real chain, each kind under one root with a stranger's act beside it. */
  closeBatches(): Promise<void>
}

export function testRelay(chain: TestChain): TestRelay {
  const statuses = new Map<string, SponsoredStatus>()
  // One account pays: of two at once, both would take the same nonce.
  const inTurn = turns()
  const waiting: SponsoredAct[] = []
  let messages = 0

  const relay: TestRelay = {
    staged: new Map(),
    pinned: new Map(),
    grants: new Map(),
    receipts: [],
    inboxes: new Map(),
    names: new Map(),
    acts: [],
    down: false,
    ledgerDown: false,
    batching: false,
    async closeBatches() {
      for (const act of waiting.splice(0)) await closeBatch(chain, statuses, act)
    },
    client: {
      info: async () => {
        throw new CarekeyError('relay-unreachable', 'Not a part of these tests.')
      },
      // The token is the account: who may do what is the relay's own to test.
      token: async (account) => account.address,
      async putGrant(_token, id, mapping) {
        relay.grants.set(id, mapping)
      },
      async deleteGrant(_token, id) {
        relay.grants.delete(id)
      },
      async sponsor(act) {
        relay.acts.push(act)
        const { digest: id, call } = encodeAct(chain.network, act)
        if (relay.batching && mayWait(act)) {
          const known = statuses.get(id)
          if (known) return known
          waiting.push(act)
          const status = { ...submitted, id }
          statuses.set(id, status)
          return status
        }
        if (relay.ledgerDown) throw new CarekeyError('ledger-unreachable', 'The ledger does not answer.')
        const status = await inTurn('wallet', () => submit(chain.wallet, call)).then(
          ({ transactionHash, blockNumber }) => ({
            id,
            status: 'mined' as const,
            transactionHash,
            blockNumber: Number(blockNumber),
            reason: null,
          }),
          (error: unknown) => ({
            id,
            status: 'failed' as const,
            transactionHash: null,
            blockNumber: null,
            reason: error instanceof CarekeyError ? error.reason : 'internal',
          }),
        )
        statuses.set(id, status)
        return status
      },
      async sponsored(id) {
        const status = statuses.get(id)
        if (!status) throw new CarekeyError('not-found', 'No such act.')
        return status
      },
      postVoucher: async () => ({ quotaBytes: 1 }),
      receipts: async () => relay.receipts,
      inbox: async (token) => [...(relay.inboxes.get(token) ?? [])],
      async acknowledge(token, id) {
        relay.inboxes.set(
          token,
          (relay.inboxes.get(token) ?? []).filter((message) => message.id !== id),
        )
      },
      async postInbox(token, account, sealed) {
        const id = String(++messages)
        const message = { id, from: token as Hex, receivedAt: 0, sealed: new Uint8Array(sealed) }
        const key = account.toLowerCase()
        relay.inboxes.set(key, [...(relay.inboxes.get(key) ?? []), message])
        return { id }
      },
      async discardStaged(_token, cid) {
        relay.staged.delete(cid)
      },
      registerPeer: async () => undefined,
      getName: async (name) => relay.names.get(name),
      async putName(name, record) {
        relay.names.set(name, new Uint8Array(record))
      },
    },
  }
  relay.client = whileUp(relay.client, () => relay.down)
  return relay
}

const submitted = { status: 'submitted', transactionHash: null, blockNumber: null, reason: null } as const

const mayWait = (act: SponsoredAct): boolean =>
  (act.kind === 'grant' || act.kind === 'anchor') && act.batch !== false

async function closeBatch(
  { network, wallet }: TestChain,
  statuses: Map<string, SponsoredStatus>,
  act: SponsoredAct,
): Promise<void> {
  if (act.kind !== 'grant' && act.kind !== 'anchor') return
  const own = act.kind === 'grant' ? grantLeafOf(network, act) : anchorLeafOf(network, act.anchor)
  const { root, inclusions } = batchOf([own, keccak256(own)])
  const call = (act.kind === 'grant' ? encodeGrantBatch : encodeAnchorBatch)(network, root)
  const { transactionHash, blockNumber } = await submit(wallet, call)
  const { digest: id } = encodeAct(network, act)
  const mined = {
    id,
    status: 'mined',
    transactionHash,
    blockNumber: Number(blockNumber),
    reason: null,
  } as const
  statuses.set(id, { ...mined, batch: inclusions[0] })
}

function whileUp(client: RelayClient, isDown: () => boolean): RelayClient {
  return new Proxy(client, {
    get(target, name) {
      const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>
      return async (...args: unknown[]) => {
        if (isDown()) throw new CarekeyError('relay-unreachable', 'The relay does not answer.')
        return await method(...args)
      }
    },
  })
}
