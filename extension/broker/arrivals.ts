import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { Checked } from './check/requests.ts'
import { limits } from './limits.ts'
import { outcomeOf, type ProviderReply } from './outcome.ts'
import type { World } from './ports.ts'
import type { Queue } from './queue/queue.ts'
import { isUndecided, type StoredRequest } from './queue/request.ts'
import type { Runner } from './queue/runner.ts'

/** Who calls: what the browser said of the document, and the call's own id. */
export interface Caller {
  origin: string
  tabId: number
  documentId: string
  call: string
}

/** What differs from one kind of request to the other. */
export interface Wish {
  kind: StoredRequest['kind']
  stored: object
  /** What can be told only once the vault is open; a reply here needs no prompt. Throws the refusal. */
  admit(): Promise<ProviderReply | undefined>
}

/** Brings a page's checked request into the queue, and its answer back to the page. */
export interface Arrivals {
  ask(caller: Caller, checked: Checked, wish: Wish, signal: AbortSignal): Promise<ProviderReply>
  /**
   * The answer to a call that was let in and decided before, and is sent again because the background died: its deadline
   * may have passed meanwhile. `undefined` for every other call.
   */
  recall(caller: Caller, id: string, signal: AbortSignal): Promise<ProviderReply | undefined>
}

export function arrivalsOf(world: World, queue: Queue, runner: Runner): Arrivals {
  /** Requests on their way into the queue, by origin and kind: while the vault is locked, that takes a while. */
  const arriving = new Map<string, { id: string; done: Promise<unknown> }>()

  const enter = async (
    caller: Caller,
    checked: Checked,
    wish: Wish,
    signal: AbortSignal,
  ): Promise<ProviderReply | undefined> => {
    await requireUnlocked(world, signal)
    const known = await queue.get(checked.id)
    if (known && !mayBeAskedAnew(known)) {
      await join(queue, known, caller)
      if (known.state.name === 'ready') await remind(world, queue, known.id, caller)
      return undefined
    }
    const reply = await wish.admit()
    if (reply) return reply
    if ((await queue.all()).some((one) => waitsFor(one, caller.origin, wish.kind))) throw busy()
    const { origin, tabId, documentId, call } = caller
    await queue.add({
      id: checked.id,
      organization: checked.organization.id,
      via: { kind: 'page', tabId, documentId, origin, calls: [call] },
      receivedAt: world.now(),
      state: { name: 'checking' },
      noted: false,
      kind: wish.kind,
      ...wish.stored,
    } as StoredRequest)
    return undefined
  }

  const outcome = async (id: string, signal: AbortSignal): Promise<ProviderReply> => {
    const settled = queue.settled(id, signal)
    void runner.advance(id)
    return outcomeOf(await settled)
  }

  return {
    async recall(caller, id, signal) {
      if (world.vault.state() !== 'unlocked') return undefined
      const known = await queue.get(id)
      if (!known || isUndecided(known) || mayBeAskedAnew(known) || !isOwnCall(known, caller)) return undefined
      await join(queue, known, caller)
      return await outcome(id, signal)
    },
    async ask(caller, checked, wish, signal) {
      const key = `${caller.origin} ${wish.kind}`
      const before = arriving.get(key)
      if (before && before.id !== checked.id) throw busy()
      const entering = (before?.done.catch(() => undefined) ?? Promise.resolve()).then(() =>
        enter(caller, checked, wish, signal),
      )
      const entry = { id: checked.id, done: entering }
      arriving.set(key, entry)
      const reply = await entering.finally(() => {
        if (arriving.get(key) === entry) arriving.delete(key)
      })
      if (reply) return reply
      return await outcome(checked.id, signal)
    },
  }
}

/** Throws CarekeyError `vault-missing`, `vault-locked`. Nothing is opened: a page must not pop up windows at will. */
export function requireOpen({ vault }: Pick<World, 'vault'>): void {
  if (vault.state() === 'none')
    throw new CarekeyError('vault-missing', 'The patient has not set up Carekey yet.')
  if (vault.state() === 'locked') throw locked()
}

const locked = () =>
  new CarekeyError('vault-locked', 'Carekey is locked. The patient has to unlock it first.')

/** Resolves when the vault is open, for which our window asks; rejects with `vault-locked` when nobody opened it in time. */
async function requireUnlocked(world: World, signal: AbortSignal): Promise<void> {
  const { vault } = world
  if (vault.state() !== 'locked') return requireOpen(world)
  const either = AbortSignal.any([signal, AbortSignal.timeout(limits.unlockWaitMs)])
  either.throwIfAborted()
  const opened = new Promise<void>((resolve, reject) => {
    const stop = vault.onChange(() => {
      if (vault.state() !== 'unlocked') return
      stop()
      resolve()
    })
    either.addEventListener('abort', () => {
      stop()
      reject(locked())
    })
  })
  await Promise.all([opened, world.openWindow()])
}

const busy = () =>
  new CarekeyError(
    'request-limit',
    'Another request of this page still waits for the patient. Wait for the answer.',
  )

const waitsFor = (one: StoredRequest, origin: string, kind: StoredRequest['kind']): boolean =>
  one.kind === kind && isUndecided(one) && one.via.kind === 'page' && one.via.origin === origin

/** Nobody has decided it, or nothing came of it. A yes that is still carried out only goes on; a signed grant always. */
const mayBeAskedAnew = ({ kind, state }: StoredRequest): boolean =>
  state.name === 'cancelled' ||
  (state.name === 'failed' && !(state.decided && (kind === 'access' || state.failure.retryable)))

const isOwnCall = ({ via }: StoredRequest, { documentId, call }: Caller): boolean =>
  via.kind === 'page' && via.documentId === documentId && via.calls.includes(call)

/** A page that joins after the background died shows its notice still: now we know of it again. */
async function remind(world: World, queue: Queue, id: string, { documentId }: Caller): Promise<void> {
  const organization = (await queue.get(id))?.organization
  const view = organization && (await world.registry.view(organization))
  if (view && (await queue.get(id))?.state.name === 'ready') {
    world.pages.notice(documentId, { id, organization: view.name })
  }
}

/** A repeated call of the same document gets the same answer; anything else about a known digest is a replay. */
async function join(queue: Queue, known: StoredRequest, { documentId, call }: Caller): Promise<void> {
  const replayed = new CarekeyError('request-replayed', 'This was asked before. Sign a new request.')
  if (known.via.kind !== 'page' || known.via.documentId !== documentId) throw replayed
  if (isUndecided(known) || known.state.name === 'working' || known.state.name === 'failed') {
    await queue.apply(known.id, { type: 'joined', call })
    await queue.apply(known.id, { type: 'retried' })
  } else if (!known.via.calls.includes(call)) throw replayed
}
