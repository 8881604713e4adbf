import { cardTextOf } from '../../shared/protocol/emergency-shares.ts'
import type { EmergencyView, emergencyMessages } from '../emergency-snapshots.ts'
import type { UiHandlers } from '../messaging/serve.ts'
import { caseViews } from './cases.ts'
import type { World } from './ports.ts'
import { type Preparation, preparationOf } from './preparation.ts'
import { suggest } from './suggest.ts'
import { exportVeto, finishVetoes, guard, noteFor, veto } from './veto.ts'
import { hasCases, watch } from './watch.ts'

export interface Emergency {
  handlers: Pick<UiHandlers, keyof typeof emergencyMessages>
  /** From time to time, whether the vault is open or not; never throws. */
  tick(): Promise<void>
}

/** Break-glass on the patient's side: what may be opened, by whom, and what became of it. */
export function emergencyOf(world: World, ready: Promise<void>): Emergency {
  const preparation = preparationOf(world)
  let ticking: Promise<void> | undefined

  const tick = async () => {
    // A network without the contract goes without emergencies.
    if (!world.network.contracts.emergencyAccess) return
    await ready
    await watch(world).catch(() => undefined)
    if (world.vault.state() !== 'unlocked') return
    await preparation.advance().catch(() => undefined)
    await finishVetoes(world).catch(() => undefined)
  }
  return {
    handlers: touched(world, ready, handlersOf(world, preparation)),
    tick() {
      ticking ??= tick().finally(() => {
        ticking = undefined
      })
      return ticking
    },
  }
}

function handlersOf(world: World, preparation: Preparation): Emergency['handlers'] {
  return {
    'emergency.get': () => view(world),
    'emergency.alerts': async () => ({ cases: (await hasCases(world)) ? await liveCases(world) : [] }),
    'emergency.suggest': () => suggest(world),
    'emergency.prepare': async ({ wish }) => {
      await preparation.begin(wish)
      return {}
    },
    'emergency.discard': async () => {
      await preparation.discard()
      return {}
    },
    'emergency.withdraw': async () => {
      await preparation.withdraw()
      return {}
    },
    'emergency.veto': async ({ id }) => {
      await veto(world, id)
      return {}
    },
    'emergency.exportVeto': ({ id }) => exportVeto(world, id),
    'emergency.guardianNote': ({ guardian }) => noteFor(world, guardian),
    'emergency.guard': async ({ note }) => {
      await guard(world, note)
      return {}
    },
  }
}

const asking: ReadonlySet<string> = new Set(['emergency.get', 'emergency.alerts'])

/** Each of these is a person's act and puts off the automatic lock, but for asking. */
function touched(world: World, ready: Promise<void>, handlers: Emergency['handlers']): Emergency['handlers'] {
  const entries = Object.entries(handlers).map(([type, handler]) => [
    type,
    async (request: never) => {
      await ready
      if (!asking.has(type)) await world.vault.touch()
      return await (handler as (request: never) => Promise<unknown>)(request)
    },
  ])
  return Object.fromEntries(entries) as Emergency['handlers']
}

const liveCases = async (world: World) =>
  (await caseViews(world)).filter(
    ({ state, vetoing }) => !vetoing && (state === 'waiting' || state === 'open'),
  )

async function view(world: World): Promise<EmergencyView> {
  const { emergencies, guardianships } = world.tables
  const [handle, current, next, cases, organizations, guarded] = await Promise.all([
    world.vault.emergencyPseudonym(),
    emergencies.get('current'),
    emergencies.get('next'),
    // While the ledger is away the page still shows what was prepared.
    caseViews(world).catch(() => []),
    world.ledger.organizations().catch(() => []),
    guardianships.all(),
  ])
  const views = await Promise.all(organizations.map(({ id }) => world.organizationView(id)))
  const state = current?.status
  return {
    handle,
    card: cardTextOf(world.network, handle),
    state: state === 'in-force' || state === 'withdrawing' || state === 'withdrawn' ? state : 'none',
    since: current?.at ?? null,
    wish: current?.wish ?? null,
    next: next
      ? {
          wish: next.wish,
          holders: await Promise.all(
            next.holders.map(async ({ organization, heldAt }) => ({
              organization: await world.organizationView(organization),
              held: heldAt !== null,
            })),
          ),
          stating: next.status === 'stating',
          failure: next.failure,
        }
      : null,
    organizations: views.filter(({ standing }) => standing === 'accredited'),
    cases,
    guardian: { address: await world.vault.guardianAccount(), guarded: guarded.map(({ name }) => name) },
  }
}
