import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { DecisionInput } from '../snapshots.ts'
import { accessKind } from './access.ts'
import { arrivalsOf } from './arrivals.ts'
import { type Backup, backupOf, type NoteStore } from './backup.ts'
import { type Calls, callsOf } from './calls.ts'
import { finishCarers, noteEndedByCarers } from './care/carers.ts'
import { finishEndings } from './care/caring.ts'
import { type BlockStore, type Limiter, limiterOf } from './check/limiter.ts'
import { connectKind } from './connect.ts'
import { depositKind, discardOffer, finishWaiting } from './deposit.ts'
import { finishDisputes } from './dispute.ts'
import { tellExpired } from './grants.ts'
import { collect, sendAnswer } from './inbox.ts'
import { logReady, logSettled } from './journal.ts'
import type { World } from './ports.ts'
import { type Queue, queueOf } from './queue/queue.ts'
import { isFinal, isUndecided, type StoredRequest } from './queue/request.ts'
import { type Runner, runnerOf } from './queue/runner.ts'
import { turns } from './queue/turns.ts'
import { finishReplacements } from './replace.ts'
import { finishReviews } from './review.ts'
import { finishRevocations } from './revoke.ts'
import { finishWithdrawals } from './withdraw.ts'

export interface BrokerStores {
  blocks: BlockStore
  backup: NoteStore
}

/** Who asks, may they, and what became of it. It decides nothing for the patient. */
export interface Broker {
  readonly world: World
  readonly queue: Queue
  readonly calls: Calls
  readonly limiter: Limiter
  readonly backup: Backup
  decide(id: string, decision: DecisionInput): Promise<StoredRequest>
  retry(id: string): Promise<StoredRequest>
  /** How many requests wait for the patient. */
  waiting(): Promise<number>
  /** Takes up whatever a former life of the background left: after start, unlock, and from time to time. */
  resume(): Promise<void>
  checkInbox(): Promise<number>
  /** Its page is gone: what it asked and nobody answered is taken back. */
  documentGone(documentId: string): Promise<void>
}

export function createBroker(parts: Omit<World, 'backUp' | 'inGrantTurn'>, stores: BrokerStores): Broker {
  const world: World = { ...parts, inGrantTurn: turns(), backUp: () => backup.mark() }
  const backup = backupOf(world, stores.backup)
  const limiter = limiterOf(stores.blocks)
  const queue = queueOf(world.tables.requests, (request) => {
    if (request.via.kind === 'page' && !isUndecided(request)) world.pages.notice(request.via.documentId, null)
    world.changed()
  })

  const announce = async (request: StoredRequest) => {
    await logReady(world, request)
    const { name } = await world.registry.view(request.organization)
    if (request.via.kind === 'page') {
      world.pages.notice(request.via.documentId, { id: request.id, organization: name })
      await world.openWindow(request.id)
    } else {
      // Others may see the screen: who asks, and not what for.
      const message = `${name} asks for something. Open Carekey.`
      await world.notify({ id: request.id, title: 'Carekey', message })
    }
    world.changed()
  }
  const settle = async (request: StoredRequest) => {
    await logSettled(world, request)
    const { name } = request.state
    if (name === 'declined' && request.via.kind === 'page') {
      await limiter.rejected(request.via.origin, world.now())
      world.changed()
    }
    const refused = name === 'declined' || name === 'expired'
    if (refused && request.kind === 'deposit') await discardOffer(world, request)
    if (isFinal(request)) await queue.apply(request.id, { type: 'noted' })
    await sendAnswer(world, queue, request).catch(() => undefined)
    world.backUp()
  }
  const kinds = { connect: connectKind(world), deposit: depositKind(world), access: accessKind(world) }
  const runner: Runner = runnerOf(world, queue, kinds, { ready: announce, settled: settle })

  const resumeRequest = async (request: StoredRequest, time: number) => {
    const { state, via } = request
    if (isUndecided(request) && request.expiresAt < time) return await runner.expire(request.id)
    if (
      isUndecided(request) &&
      via.kind === 'page' &&
      !(await world.pages.isThere(via.tabId, via.documentId))
    ) {
      await queue.apply(request.id, { type: 'cancelled', at: world.now() })
      return
    }
    if (state.name === 'failed' && state.failure.retryable && (state.decided || via.kind === 'inbox')) {
      await queue.apply(request.id, { type: 'retried' })
    }
    if (isFinal(request) && !request.noted) await settle(request)
    else await sendAnswer(world, queue, request).catch(() => undefined)
    await runner.advance(request.id)
  }

  let resuming: Promise<void> | undefined
  let lastSeen = world.now()
  const resume = async () => {
    if (world.vault.state() !== 'unlocked') return
    const time = await world.ledger.time().catch(() => 0)
    const requests = await queue.all()
    await Promise.all(requests.map((request) => resumeRequest(request, time).catch(() => undefined)))
    await finishWaiting(world)
    await finishReviews(world)
    await finishWithdrawals(world)
    await finishReplacements(world)
    await finishRevocations(world)
    await finishDisputes(world)
    await finishCarers(world)
    await finishEndings(world)
    await noteEndedByCarers(world)
    const since = lastSeen
    lastSeen = world.now()
    await tellExpired(world, since)
    await backup.run()
  }

  // One at a time: two would each find that nothing waits yet.
  let checking: Promise<number> | undefined
  const checkInbox = async () => {
    if (world.vault.state() !== 'unlocked') return 0
    const found = await collect(world, queue)
    await Promise.all(found.map((request) => runner.advance(request.id)))
    return found.length
  }

  return {
    world,
    queue,
    limiter,
    backup,
    calls: callsOf(world, { queue, limiter, arrivals: arrivalsOf(world, queue, runner) }),
    decide: (id, decision) => runner.decide(id, decision),
    async retry(id) {
      const retried = await queue.apply(id, { type: 'retried' })
      if (retried) void runner.advance(id)
      const request = retried ?? (await queue.get(id))
      if (!request) throw notThere()
      return request
    },
    waiting: async () =>
      world.vault.state() === 'unlocked'
        ? (await queue.all()).filter((request) => request.state.name === 'ready').length
        : 0,
    resume() {
      resuming ??= resume().finally(() => {
        resuming = undefined
      })
      return resuming
    },
    checkInbox() {
      checking ??= checkInbox().finally(() => {
        checking = undefined
      })
      return checking
    },
    async documentGone(documentId) {
      if (world.vault.state() !== 'unlocked') return
      for (const request of await queue.all()) {
        if (request.via.kind !== 'page' || request.via.documentId !== documentId) continue
        await queue.apply(request.id, { type: 'cancelled', at: world.now() })
      }
    },
  }
}

const notThere = () => new CarekeyError('not-found', 'This request is no longer there.')
