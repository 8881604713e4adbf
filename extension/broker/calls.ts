import { requestIdOf } from '../../shared/protocol/access-request.ts'
import { anchorDigestOf } from '../../shared/protocol/anchor.ts'
import { challengeDigestOf } from '../../shared/protocol/connection.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { OrganizationId } from '../../shared/protocol/ids.ts'
import type { ProviderParams, ProviderResult } from '../../shared/protocol/provider.ts'
import { requireConnection } from './accounts.ts'
import { type Arrivals, type Caller, requireOpen } from './arrivals.ts'
import { type ProviderCall, readCall } from './check/call.ts'
import type { Limiter } from './check/limiter.ts'
import { checkAccess, checkChallenge, checkOffer } from './check/requests.ts'
import { acceptVoucher, answerChallenge, disconnect, isConnected } from './connect.ts'
import { receiptOfKept } from './deposit.ts'
import { statusOf } from './grants.ts'
import { type ProviderReply, refusalReply } from './outcome.ts'
import type { World } from './ports.ts'
import type { Queue } from './queue/queue.ts'
import { isUndecided } from './queue/request.ts'

/** Everything that a page can call (protocol, section 5). */
export interface Calls {
  /** Never rejects: every refusal is a reply. `signal` aborts when the document is gone. */
  answer(caller: Caller, method: unknown, params: unknown, signal: AbortSignal): Promise<ProviderReply>
}

interface CallParts {
  queue: Queue
  arrivals: Arrivals
  limiter: Limiter
}

export function callsOf(world: World, { queue, arrivals, limiter }: CallParts): Calls {
  const own = async ({ documentId }: Caller) =>
    (await queue.all()).filter(
      (one) => one.via.kind === 'page' && one.via.documentId === documentId && isUndecided(one),
    )

  const pending = async (
    caller: Caller,
    { cancel }: ProviderParams<'care_pending'>,
  ): Promise<ProviderReply> => {
    if (world.vault.state() !== 'unlocked') return { result: { pending: [] } }
    if ((await own(caller)).some((one) => one.id === cancel)) {
      await queue.apply(String(cancel), { type: 'cancelled', at: world.now() })
    }
    const entries = (await own(caller)).map(({ id, kind, receivedAt }) => ({ id, kind, receivedAt }))
    return { result: { pending: entries } }
  }

  const perform = async (caller: Caller, call: ProviderCall, signal: AbortSignal): Promise<ProviderReply> => {
    const { origin } = caller
    switch (call.method) {
      case 'care_connect': {
        if ('voucher' in call.params) {
          requireOpen(world)
          await acceptVoucher(world, call.params.voucher, origin)
          return { result: { accepted: true } }
        }
        const signed = call.params
        const said = await arrivals.recall(caller, challengeDigestOf(world.network, signed.challenge), signal)
        if (said) return said
        const checked = await checkChallenge(world, signed, origin)
        await limiter.requireHeard(origin, world.now())
        const wish = {
          kind: 'connect' as const,
          stored: { signed, expiresAt: signed.challenge.deadline },
          admit: async () =>
            (await isConnected(world, signed)) ? { result: await answerChallenge(world, signed) } : undefined,
        }
        return await arrivals.ask(caller, checked, wish, signal)
      }
      case 'care_deposit': {
        const offer = call.params
        const said = await arrivals.recall(caller, anchorDigestOf(world.network, offer.anchor), signal)
        if (said) return said
        const checked = await checkOffer(world, offer, origin)
        await limiter.requireHeard(origin, world.now())
        const wish = {
          kind: 'deposit' as const,
          stored: { offer, opened: null, expiresAt: offer.anchor.deadline },
          admit: async () => {
            await requirePatient(world, offer.author, offer.anchor.subject)
            const receipt = await receiptOfKept(world, offer)
            return receipt && { result: receipt }
          },
        }
        return await arrivals.ask(caller, checked, wish, signal)
      }
      case 'care_requestAccess': {
        const signed = call.params
        const { organization, patient, deadline } = signed.request
        const said = await arrivals.recall(caller, requestIdOf(world.network, signed.request), signal)
        if (said) return said
        const checked = await checkAccess(world, signed, origin)
        await limiter.requireHeard(origin, world.now())
        const wish = {
          kind: 'access' as const,
          stored: { signed, expiresAt: deadline },
          admit: () => requireGrantable(world, organization, patient),
        }
        return await arrivals.ask(caller, checked, wish, signal)
      }
      case 'care_pending':
        return await pending(caller, call.params)
      case 'care_grants': {
        requireOpen(world)
        return { result: await ownGrants(world, await organizationAt(world, origin)) }
      }
      case 'care_disconnect': {
        requireOpen(world)
        await disconnect(world, await organizationAt(world, origin))
        return { result: { disconnected: true } }
      }
    }
  }

  return {
    async answer(caller, method, params, signal) {
      try {
        limiter.count(caller.origin, world.nowMs())
        return await perform(caller, readCall(method, params), signal)
      } catch (error) {
        return refusalReply(error)
      }
    },
  }
}

async function requirePatient(
  world: World,
  organization: OrganizationId,
  patient: string,
): Promise<undefined> {
  const connection = await requireConnection(world, organization)
  if (connection.patient === patient) return undefined
  throw new CarekeyError('patient-mismatch', 'This is for another patient than the one who sits here.')
}

async function requireGrantable(
  world: World,
  organization: OrganizationId,
  patient: string,
): Promise<undefined> {
  await requirePatient(world, organization, patient)
  if ((await requireConnection(world, organization)).voucher !== null) return undefined
  throw new CarekeyError('voucher-required', 'Hand over the voucher first: care_connect({voucher}).')
}

async function organizationAt({ tables }: World, origin: string): Promise<OrganizationId> {
  const connections = await tables.connections.all()
  const connection = connections.find((one) => one.origin === origin && one.disconnectedAt === null)
  if (connection) return connection.organization
  throw new CarekeyError('not-connected', 'The patient has not connected this page. Connect first.')
}

async function ownGrants(world: World, organization: OrganizationId): Promise<ProviderResult<'care_grants'>> {
  const grants: ProviderResult<'care_grants'>['grants'] = []
  for (const stored of await world.tables.grants.all()) {
    const { grant } = stored.signed
    const status = statusOf(stored, world.now())
    // A review is of another pseudonym: here it would tell that both are one patient.
    if (grant.grantee !== organization || stored.review) continue
    if (status === 'submitting' || status === 'failed') continue
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
