import { z } from 'zod'
import { emergencyReasons } from '../../shared/protocol/emergency.ts'
import { pseudonymSchema } from '../../shared/protocol/ids.ts'
import { casesOf, watchedPeople } from './cases.ts'
import type { LogLine, World } from './ports.ts'

const watchedSchema = z.object({
  /** The own pseudonym first. A card is shown to strangers; that it is ours is what a thief of this disk would learn. */
  patients: z.array(pseudonymSchema),
  /** The next block to look at, so that a locked vault asks for little. */
  from: z.int(),
  told: z.array(z.string()),
})
type Watched = z.infer<typeof watchedSchema>

const toldKept = 200
const nobody: Watched = { patients: [], from: 0, told: [] }

/** Tells the person as soon as the ledger has a case, whether the vault is open or not; a note of each, once it is open. */
export async function watch(world: World): Promise<void> {
  const parsed = watchedSchema.safeParse(await world.watched.read())
  const before = parsed.success ? parsed.data : nobody
  const isOpen = world.vault.state() === 'unlocked'
  const people = isOpen ? (await watchedPeople(world)).map(({ patient }) => patient) : before.patients
  const isSame = people.join() === before.patients.join()
  const found = await look(world, { ...before, patients: people, from: isSame ? before.from : 0 })
  await world.watched.write(found)
  if (isOpen) await noteCases(world)
}

/** Whether there was ever a case, as far as was looked: it saves the ledger a question on every page. */
export async function hasCases(world: World): Promise<boolean> {
  const parsed = watchedSchema.safeParse(await world.watched.read())
  return parsed.success && parsed.data.told.length > 0
}

async function look(world: World, watched: Watched): Promise<Watched> {
  if (watched.patients.length === 0) return watched
  const { blockNumber } = await world.ledger.head()
  const told = [...watched.told]
  for (const [index, patient] of watched.patients.entries()) {
    for (const event of await world.ledger.events(patient, watched.from)) {
      if (event.kind !== 'opened' || told.includes(event.id)) continue
      // Others may see the screen: that it is an emergency, and nothing of whose.
      const whose = index === 0 ? 'Your emergency card' : 'An emergency card that you guard'
      await world.notify({
        id: `emergency-${event.id}`,
        title: 'Carekey',
        message: `${whose} is being used. Open Carekey to see by whom, or to stop it.`,
      })
      told.push(event.id)
      world.changed()
    }
  }
  return {
    ...watched,
    from: Math.max(0, blockNumber - world.network.confirmations),
    told: told.slice(-toldKept),
  }
}

/** One line a case and turn in the person's own log, however often this comes by. */
async function noteCases(world: World): Promise<void> {
  const cases = await casesOf(world, await watchedPeople(world))
  if (cases.length === 0) return
  const lines = await world.log.all()
  const noted = (event: LogLine['event'], id: string) =>
    lines.some((line) => line.event === event && line.details.case === id)
  for (const { opened, of, vetoedAt, review } of cases) {
    const { id, practitioner, reason } = opened
    const whose = of === null ? 'your emergency card' : `${of}’s emergency card`
    const about = { case: id, practitioner }
    if (!noted('emergency-opened', id)) {
      const organization = (await world.ledger.practitioner(practitioner))?.organization ?? null
      const name = organization ? (await world.organizationView(organization)).name : 'An organization'
      const text =
        `An emergency practitioner of ${name} used ${whose}. ${of === null ? emergencyReasons[reason] : ''}`.trim()
      await world.log.append({ event: 'emergency-opened', organization, text, details: about })
    }
    if (vetoedAt !== null && !noted('emergency-vetoed', id)) {
      const text = `A guardian stopped the use of ${whose}.`
      await world.log.append({ event: 'emergency-vetoed', organization: null, text, details: about })
    }
    if (review && !noted('emergency-reviewed', id)) {
      const finding = review.justified ? 'was right' : 'was not right'
      const text = `The health authority has reviewed the use of ${whose}: it ${finding}.`
      await world.log.append({ event: 'emergency-reviewed', organization: null, text, details: about })
    }
  }
}
