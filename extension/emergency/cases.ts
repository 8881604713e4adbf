import type { EmergencyEvent } from '../../shared/contracts/emergency-events.ts'
import type { EmergencyCaseId } from '../../shared/protocol/emergency.ts'
import type { Pseudonym } from '../../shared/protocol/ids.ts'
import type { EmergencyCaseView } from '../emergency-snapshots.ts'
import type { World } from './ports.ts'

export interface WatchedCase {
  patient: Pseudonym
  /** Null for one's own */
  of: string | null
  opened: Extract<EmergencyEvent, { kind: 'opened' }>
  vetoedAt: number | null
  review: { at: number; justified: boolean } | null
}

/** One's own emergency pseudonym, and those of the people whom one guards. */
export async function watchedPeople(world: World): Promise<{ patient: Pseudonym; of: string | null }[]> {
  const own = await world.vault.emergencyPseudonym()
  const guarded = await world.tables.guardianships.all()
  return [{ patient: own, of: null }, ...guarded.map(({ patient, name }) => ({ patient, of: name }))]
}

/** Every case of these people, as the ledger has it, newest first. */
export async function casesOf(
  world: World,
  people: readonly { patient: Pseudonym; of: string | null }[],
): Promise<WatchedCase[]> {
  const all = await Promise.all(
    people.map(async (person) => casesIn(person, await world.ledger.events(person.patient))),
  )
  return all.flat().sort((a, b) => b.opened.timestamp - a.opened.timestamp)
}

export function casesIn(
  person: { patient: Pseudonym; of: string | null },
  events: readonly EmergencyEvent[],
): WatchedCase[] {
  const cases = new Map<EmergencyCaseId, WatchedCase>()
  for (const event of events) {
    if (event.kind === 'opened') {
      cases.set(event.id, { ...person, opened: event, vetoedAt: null, review: null })
    } else if (event.kind !== 'stated') {
      const known = cases.get(event.id)
      if (known && event.kind === 'vetoed') known.vetoedAt = event.timestamp
      if (known && event.kind === 'reviewed') {
        known.review = { at: event.timestamp, justified: event.justified }
      }
    }
  }
  return [...cases.values()]
}

export function stateOf({ opened, vetoedAt }: WatchedCase, time: number): EmergencyCaseView['state'] {
  if (vetoedAt !== null) return 'vetoed'
  if (time < opened.releaseFrom) return 'waiting'
  return time < opened.closesAt ? 'open' : 'closed'
}

/** The cases as the page shows them. */
export async function caseViews(world: World): Promise<EmergencyCaseView[]> {
  const cases = await casesOf(world, await watchedPeople(world))
  if (cases.length === 0) return []
  const [{ timestamp }, receipts] = await Promise.all([world.ledger.head(), ownReceipts(world)])
  const time = Math.max(timestamp, world.now())
  return await Promise.all(
    cases.map(async (one) => {
      const { opened, vetoedAt, review, of } = one
      const practitioner = await world.ledger.practitioner(opened.practitioner)
      return {
        id: opened.id,
        of,
        organization: practitioner && (await world.organizationView(practitioner.organization)),
        practitioner: opened.practitioner,
        reason: opened.reason,
        state: stateOf(one, time),
        openedAt: opened.timestamp,
        releaseFrom: opened.releaseFrom,
        closesAt: opened.closesAt,
        vetoedAt,
        vetoing: vetoedAt === null && (await world.tables.vetoes.get(opened.id)) !== undefined,
        fetchedAt: receipts.filter(({ grant }) => String(grant) === opened.id).map(({ at }) => at),
        review,
      }
    }),
  )
}

async function ownReceipts(world: World) {
  const [relay] = world.network.relays
  if (relay === undefined) return []
  // The relay may be away: then it is not known here whether the summary was fetched.
  return await world
    .ownerToken(relay)
    .then((token) => world.relay(relay).receipts(token))
    .catch(() => [])
}
