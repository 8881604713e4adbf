import { CarekeyError } from '../../../shared/protocol/errors.ts'
import type { DecisionInput } from '../../snapshots.ts'
import type { Kind } from '../kind.ts'
import type { World } from '../ports.ts'
import { isPassing } from '../sponsor.ts'
import type { Queue } from './queue.ts'
import {
  isUndecided,
  type StoredAccess,
  type StoredConnect,
  type StoredDeposit,
  type StoredRequest,
} from './request.ts'
import { turns } from './turns.ts'

export interface Kinds {
  connect: Kind<StoredConnect>
  deposit: Kind<StoredDeposit>
  access: Kind<StoredAccess>
}

/** Moves stored requests on, one run at a time each, from whatever state a former life left them in. */
export interface Runner {
  /** Runs until the request waits for a person, or is settled. */
  advance(id: string): Promise<void>
  /** A person has decided. Throws CarekeyError `params-invalid`, `request-cancelled`, `request-expired`. */
  decide(id: string, decision: DecisionInput): Promise<StoredRequest>
  expire(id: string): Promise<void>
}

/** What is told when a request becomes ready, or has got an answer. */
export interface Heard {
  ready(request: StoredRequest): Promise<void>
  settled(request: StoredRequest): Promise<void>
}

export function runnerOf(world: World, queue: Queue, kinds: Kinds, heard: Heard): Runner {
  const running = new Map<string, Promise<void>>()
  /** One decision at a time: each signs, and only one of them counts. */
  const inTurn = turns()

  // The kind's tag and the request's are the same: TypeScript cannot follow that through the map.
  const kindOf = (request: StoredRequest) => kinds[request.kind] as Kind<StoredRequest>

  const check = async (request: StoredRequest) => {
    const { opened } = await kindOf(request).check(request)
    const ready = await queue.apply(request.id, { type: 'checked', ...(opened ? { opened } : {}) })
    if (ready) await heard.ready(ready)
  }
  const work = async (request: StoredRequest) => {
    const result = await kindOf(request).work(request, async (label, done, parts) => {
      await queue.apply(request.id, { type: 'advanced', ...(parts ? { work: parts } : {}), label, done })
    })
    const done = await queue.apply(request.id, { type: 'finished', result, at: world.now() })
    if (done) await heard.settled(done)
  }
  const fail = async (request: StoredRequest, error: unknown) => {
    const refusal =
      error instanceof CarekeyError
        ? error
        : new CarekeyError('internal', 'Something went wrong inside Carekey. Try again.', { cause: error })
    const retryable = isPassing(error)
    if (request.state.name === 'checking' && (request.via.kind === 'page' || !retryable)) {
      // Nobody was asked, so nothing is kept but the refusal to whoever asked.
      await queue.remove(request.id)
      queue.refuse(request.id, refusal)
      if (request.via.kind === 'inbox') await refused(world, request, refusal)
      return
    }
    const failure = { reason: refusal.reason, message: refusal.message, retryable }
    const failed = await queue.apply(request.id, { type: 'failed', failure, at: world.now() })
    if (failed) await heard.settled(failed)
  }
  const run = async (id: string) => {
    const request = await queue.get(id)
    if (!request) return
    try {
      if (request.state.name === 'checking') await check(request)
      else if (request.state.name === 'working') await work(request)
    } catch (error) {
      await fail(request, error)
    }
  }
  const again = new Set<string>()
  const runs = async (id: string) => {
    do {
      again.delete(id)
      await run(id)
    } while (again.has(id))
  }
  const advance = (id: string): Promise<void> => {
    const already = running.get(id)
    // A decision may come while the run that made the request ready has not quite ended.
    if (already) {
      again.add(id)
      return already
    }
    const started: Promise<void> = runs(id).finally(() => {
      running.delete(id)
      return again.has(id) ? advance(id) : undefined
    })
    running.set(id, started)
    return started
  }

  const expireNow = async (id: string) => {
    const request = await queue.get(id)
    if (!request || !isUndecided(request)) return
    const answer = await kindOf(request).refuse(request, 'expired')
    const expired = await queue.apply(id, { type: 'expired', decision: answer, at: world.now() })
    if (expired) await heard.settled(expired)
  }

  const decideNow = async (id: string, decision: DecisionInput) => {
    const request = await queue.get(id)
    if (request?.state.name !== 'ready') throw gone()
    const kind = kindOf(request)
    if (decision.outcome === 'approve') {
      // It may have run out before the eyes of the reader.
      if (request.expiresAt < (await world.ledger.time().catch(() => 0))) {
        await expireNow(id)
        throw new CarekeyError('request-expired', 'This request has run out. Ask them to ask again.')
      }
      const approved = await queue.apply(id, {
        type: 'approved',
        work: await kind.approve(request, decision),
      })
      if (!approved) throw gone()
      void advance(id)
      return approved
    }
    const answer = await kind.refuse(request, 'declined')
    const declined = await queue.apply(id, { type: 'declined', decision: answer, at: world.now() })
    if (!declined) throw gone()
    await heard.settled(declined)
    return declined
  }

  return {
    advance,
    expire: (id) => inTurn(id, () => expireNow(id)),
    decide: (id, decision) => inTurn(id, () => decideNow(id, decision)),
  }
}

async function refused(world: World, request: StoredRequest, refusal: CarekeyError): Promise<void> {
  const { name } = await world.registry.view(request.organization)
  await world.log.append({
    event: 'refused',
    organization: request.organization,
    text: `Carekey refused a message from ${name}: ${refusal.message}`,
    details: { request: request.id, reason: refusal.reason },
  })
}

const gone = () => new CarekeyError('request-cancelled', 'This request no longer waits for an answer.')
