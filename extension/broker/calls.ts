import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { OrganizationId } from '../../shared/protocol/ids.ts'
import type { ProviderResult } from '../../shared/protocol/provider.ts'
import { requireConnection } from './accounts.ts'
import { type ProviderCall, readCall } from './check/call.ts'
import type { Limiter } from './check/limiter.ts'
import { type Checked, checkAccess, checkChallenge, checkOffer } from './check/requests.ts'
import { acceptVoucher, answerChallenge, disconnect, isConnected } from './connect.ts'
import { statusOf } from './grants.ts'
import { limits } from './limits.ts'
import { outcomeOf, type ProviderReply, refusalReply } from './outcome.ts'
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

export interface Calls {
  /** Never rejects: every refusal is a reply. `signal` aborts when the document is gone. */
  answer(caller: Caller, method: unknown, params: unknown, signal: AbortSignal): Promise<ProviderReply>
}

export function callsOf(world: World, queue: Queue, runner: Runner, limiter: Limiter): Calls {
  /** Requests between their first check and the queue, while the vault is locked: by origin and kind, their ids. */
  const arriving = new Map<string, string>()

  const requireUnlocked = async (signal: AbortSignal) => {
    const { vault } = world
    if (vault.state() === 'none') {
      throw new CarekeyError('vault-missing', 'The patient has not set up Carekey yet.')
    }
    if (vault.state() === 'unlocked') return
    await world.openWindow()
    await unlocked(world, signal)
  }

  const ask = async (caller: Caller, checked: Checked, part: Part, signal: AbortSignal) => {
    const key = `${caller.origin} ${part.kind}`
    const other = arriving.get(key)
    if (other !== undefined && other !== checked.id) throw busy()
    arriving.set(key, checked.id)
    try {
      await requireUnlocked(signal)
      await part.requireAllowed?.()
      const known = await queue.get(checked.id)
      if (known && !mayBeAskedAnew(known)) await join(queue, known, caller)
      else await add(caller, checked, part)
    } finally {
      arriving.delete(key)
    }
    const settled = queue.settled(checked.id, signal)
    // A refusal while nobody looks must not end the background.
    settled.catch(() => undefined)
    void runner.advance(checked.id)
    return outcomeOf(await settled)
  }

  const add = async (caller: Caller, checked: Checked, part: Part) => {
    const { origin, tabId, documentId, call } = caller
    const waiting = (await queue.all()).some(
      (one) =>
        one.kind === part.kind && isUndecided(one) && one.via.kind === 'page' && one.via.origin === origin,
    )
    if (waiting) throw busy()
    await queue.add({
      id: checked.id,
      organization: checked.organization.id,
      via: { kind: 'page', tabId, documentId, origin, calls: [call] },
      receivedAt: world.now(),
      state: { name: 'checking' },
      ...part.stored,
    } as StoredRequest)
  }

  const own = async (caller: Caller) =>
    (await queue.all()).filter(
      (one) => one.via.kind === 'page' && one.via.documentId === caller.documentId && isUndecided(one),
    )

  const perform = async (caller: Caller, call: ProviderCall, signal: AbortSignal): Promise<ProviderReply> => {
    const { origin } = caller
    switch (call.method) {
      case 'care_connect': {
        if ('voucher' in call.params) {
          await requireUnlocked(signal)
          await acceptVoucher(world, call.params.voucher, origin)
          return { result: { accepted: true } }
        }
        const signed = call.params
        const checked = await checkChallenge(world, signed, origin)
        await limiter.requireHeard(origin, world.now())
        await requireUnlocked(signal)
        const known = await queue.get(checked.id)
        if (!known && (await isConnected(world, signed))) {
          return { result: await answerChallenge(world, signed) }
        }
        const stored = { kind: 'connect' as const, signed, expiresAt: signed.challenge.deadline }
        return await ask(caller, checked, { kind: 'connect', stored }, signal)
      }
      case 'care_deposit': {
        const offer = call.params
        const checked = await checkOffer(world, offer, origin)
        await limiter.requireHeard(origin, world.now())
        const stored = { kind: 'deposit' as const, offer, opened: null, expiresAt: offer.anchor.deadline }
        const requireAllowed = () => requirePatient(world, offer.author, offer.anchor.subject)
        return await ask(caller, checked, { kind: 'deposit', stored, requireAllowed }, signal)
      }
      case 'care_requestAccess': {
        const signed = call.params
        const { organization, patient, deadline } = signed.request
        const checked = await checkAccess(world, signed, origin)
        await limiter.requireHeard(origin, world.now())
        const stored = { kind: 'access' as const, signed, expiresAt: deadline }
        const requireAllowed = () => requireGrantable(world, organization, patient)
        return await ask(caller, checked, { kind: 'access', stored, requireAllowed }, signal)
      }
      case 'care_pending': {
        if (world.vault.state() !== 'unlocked') return { result: { pending: [] } }
        const { cancel } = call.params
        if (cancel && (await own(caller)).some((one) => one.id === cancel)) {
          await queue.apply(cancel, { type: 'cancelled', at: world.now() })
        }
        const pending = (await own(caller)).map(({ id, kind, receivedAt }) => ({ id, kind, receivedAt }))
        return { result: { pending } }
      }
      case 'care_grants': {
        await requireUnlocked(signal)
        return { result: await ownGrants(world, await organizationAt(world, origin)) }
      }
      case 'care_disconnect': {
        await requireUnlocked(signal)
        await disconnect(world, await organizationAt(world, origin))
        return { result: { disconnected: true } }
      }
    }
  }

  return {
    async answer(caller, method, params, signal) {
      try {
        limiter.count(caller.origin, world.now() * 1_000)
        return await perform(caller, readCall(method, params), signal)
      } catch (error) {
        return refusalReply(error)
      }
    },
  }
}

interface Part {
  kind: StoredRequest['kind']
  stored: object
  /** What can be told only once the vault is open. */
  requireAllowed?: () => Promise<void>
}

const busy = () =>
  new CarekeyError(
    'request-limit',
    'Another request of this page still waits for the patient. Wait for the answer.',
  )

/** Nobody has decided it, or nothing came of it. A permission that failed half-way is signed, and only goes on. */
const mayBeAskedAnew = ({ kind, state }: StoredRequest): boolean =>
  state.name === 'cancelled' || (state.name === 'failed' && (kind !== 'access' || !state.decided))

/** A repeated call of the same document gets the same answer; anything else about a known digest is a replay. */
async function join(queue: Queue, known: StoredRequest, { documentId, call }: Caller): Promise<void> {
  const replayed = new CarekeyError('request-replayed', 'This was asked before. Sign a new request.')
  if (known.via.kind !== 'page' || known.via.documentId !== documentId) throw replayed
  if (isUndecided(known) || known.state.name === 'working' || known.state.name === 'failed') {
    await queue.apply(known.id, { type: 'joined', call })
    await queue.apply(known.id, { type: 'retried' })
  } else if (!known.via.calls.includes(call)) throw replayed
}

async function requirePatient(world: World, organization: OrganizationId, patient: string): Promise<void> {
  const connection = await requireConnection(world, organization)
  if (connection.patient !== patient) {
    throw new CarekeyError('patient-mismatch', 'This is for another patient than the one who sits here.')
  }
}

async function requireGrantable(world: World, organization: OrganizationId, patient: string): Promise<void> {
  await requirePatient(world, organization, patient)
  if ((await requireConnection(world, organization)).voucher === null) {
    throw new CarekeyError('voucher-required', 'Hand over the voucher first: care_connect({voucher}).')
  }
}

async function organizationAt({ tables }: World, origin: string): Promise<OrganizationId> {
  const connections = await tables.connections.all()
  const connection = connections.find((one) => one.origin === origin && one.disconnectedAt === null)
  if (!connection)
    throw new CarekeyError('not-connected', 'The patient has not connected this page. Connect first.')
  return connection.organization
}

async function ownGrants(world: World, organization: OrganizationId): Promise<ProviderResult<'care_grants'>> {
  const grants: ProviderResult<'care_grants'>['grants'] = []
  for (const stored of await world.tables.grants.all()) {
    const { grant } = stored.signed
    const status = statusOf(stored, world.now())
    if (grant.grantee !== organization || status === 'submitting' || status === 'failed') continue
    grants.push({
      grantId: stored.grantId,
      notBefore: grant.notBefore,
      notAfter: grant.notAfter,
      status: status === 'revoking' ? 'revoked' : status,
      manifest: stored.manifest,
    })
  }
  return { grants }
}

/** Resolves when the vault is open; rejects with `vault-locked` when nobody opened it in time. */
async function unlocked({ vault }: World, signal: AbortSignal): Promise<void> {
  const late = AbortSignal.timeout(limits.unlockWaitMs)
  const either = AbortSignal.any([signal, late])
  await new Promise<void>((resolve, reject) => {
    const stop = vault.onChange(() => {
      if (vault.state() !== 'unlocked') return
      stop()
      resolve()
    })
    either.addEventListener('abort', () => {
      stop()
      reject(new CarekeyError('vault-locked', 'Carekey is locked. The patient has to unlock it first.'))
    })
  })
}
