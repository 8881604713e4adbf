import { type CareAnswer, careIndexOf } from '../../../shared/protocol/care.ts'
import { toCodePages } from '../../../shared/protocol/code-pages.ts'
import type {
  CaredForView,
  CarerView,
  careMessages,
  StoredCaredFor,
  StoredCarer,
} from '../../care-snapshots.ts'
import type { UiHandlers } from '../../messaging/serve.ts'
import type { World } from '../ports.ts'
import { organizationView } from '../views.ts'
import { answered, delegate, endCarer, invite } from './carers.ts'
import { delegationFor, endSharing, exportEnding, runningGrants, takeInvitation } from './caring.ts'

export function careHandlers(world: World): Pick<UiHandlers, keyof typeof careMessages> {
  return {
    'care.carers': () => carersView(world),
    'care.invite': async (wish) => await carerView(world, await invite(world, wish)),
    'care.readAnswer': async ({ text }) => {
      const { stored, delegate: to } = await answered(world, text)
      return { carer: await carerView(world, stored), delegate: to }
    },
    'care.sign': async ({ nonce, delegate: to }) => {
      await delegate(world, nonce, to)
      return {}
    },
    'care.end': async ({ nonce }) => {
      await endCarer(world, nonce)
      return {}
    },
    'care.caring': async () => ({
      people: await Promise.all((await world.tables.caredFor.all()).map((one) => caredForView(world, one))),
    }),
    'care.take': async ({ text }) => {
      await takeInvitation(world, text)
      return {}
    },
    'care.endSharing': async ({ id, grantId }) => {
      await endSharing(world, id, grantId)
      return {}
    },
    'care.exportEnding': ({ id, grantId }) => exportEnding(world, id, grantId),
  }
}

async function carersView(world: World) {
  const connections = await world.tables.connections.all()
  const open = connections.filter(({ voucher, disconnectedAt }) => voucher && disconnectedAt === null)
  // An invitation that was taken back before anything was signed leaves nothing to tell.
  const shown = (await world.tables.carers.all())
    .filter(({ signed, status }) => signed !== null || status !== 'ended')
    .sort((a, b) => b.createdAt - a.createdAt)
  return {
    available: world.network.contracts.delegations !== undefined,
    carers: await Promise.all(shown.map((one) => carerView(world, one))),
    organizations: await Promise.all(open.map(({ organization }) => organizationView(world, organization))),
  }
}

async function carerView(world: World, stored: StoredCarer): Promise<CarerView> {
  const { carer, invitation, signed, status } = stored
  const { nonce, organization, role, notAfter } = invitation
  const isOver = notAfter <= world.now() && status !== 'ended'
  const text = JSON.stringify(invitation)
  return {
    nonce,
    carer,
    organization: await organizationView(world, organization),
    role,
    notAfter,
    state: isOver ? 'over' : status,
    delegate: signed?.delegation.delegate ?? null,
    invitation: status === 'invited' && !isOver ? text : null,
    codes: status === 'invited' && !isOver ? toCodePages(text) : [],
  }
}

async function caredForView(world: World, stored: StoredCaredFor): Promise<CaredForView> {
  const { invitation, endings } = stored
  const { nonce, chainId, name, organization } = invitation
  const id = careIndexOf(invitation)
  const address = await world.vault.delegateAccount(id)
  const answer: CareAnswer = { carekey: 'care-answer', chainId, nonce, delegate: address }
  const found = await delegationFor(world, stored)
  const state = stateOf(invitation.notAfter, found?.state, world.now())
  const running = state === 'active' ? await runningGrants(world, stored) : []
  return {
    id,
    name,
    organization: await organizationView(world, organization),
    // The invitation says what was offered; the ledger says what holds.
    role: found?.state.role ?? invitation.role,
    notAfter: found?.state.notAfter ?? invitation.notAfter,
    state,
    delegate: address,
    answer: JSON.stringify(answer),
    codes: toCodePages(JSON.stringify(answer)),
    grants: await Promise.all(
      running.map(async ({ grant, grantee, purpose, notAfter }) => ({
        grantId: grant,
        grantee: await organizationView(world, grantee),
        purpose,
        notAfter,
        ending: endings.some((ending) => ending.grant === grant),
      })),
    ),
  }
}

type Found = Awaited<ReturnType<typeof delegationFor>>

function stateOf(
  offeredUntil: number,
  state: NonNullable<Found>['state'] | undefined,
  now: number,
): CaredForView['state'] {
  if (!state) return now < offeredUntil ? 'waiting' : 'over'
  if (state.revoked) return 'ended'
  return now < state.notAfter ? 'active' : 'over'
}
