import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { EmergencyWish } from '../emergency-snapshots.ts'
import { collectAnswers, place, sendShares } from './hand-out.ts'
import { limits } from './limits.ts'
import { signPolicy, submitPolicy } from './policy.ts'
import type { StoredEmergency, World } from './ports.ts'
import { sealEmergency } from './prepare.ts'

/** A preparation on its way: every step is stored before the next one, so that a restart goes on where it stopped. */
export interface Preparation {
  begin(wish: EmergencyWish): Promise<void>
  discard(): Promise<void>
  withdraw(): Promise<void>
  /** Does what can be done now. */
  advance(): Promise<void>
}

export function preparationOf(world: World): Preparation {
  const { emergencies } = world.tables
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const done = turn.then(act, act)
    turn = done.catch(() => undefined)
    return done
  }
  const put = async (id: 'current' | 'next', stored: StoredEmergency): Promise<StoredEmergency> => {
    await emergencies.put(id, stored)
    world.changed()
    return stored
  }

  async function advanceNext(found: StoredEmergency): Promise<void> {
    let stored = found
    if (stored.status === 'handing-out') {
      stored = await put('next', await place(world, stored))
      stored = await put('next', await sendShares(world, stored))
      stored = await put('next', await collectAnswers(world, stored))
      if (stored.holders.some(({ heldAt }) => heldAt === null)) return
      const signed = await signPolicy(world, stored, { allowed: true, round: stored.round })
      stored = await put('next', { ...signed, status: 'stating' })
    }
    if (stored.status === 'stating' && (await submitPolicy(world, stored))) await settle(stored)
  }

  async function settle(stored: StoredEmergency): Promise<void> {
    const former = await emergencies.get('current')
    await put('current', { ...stored, status: 'in-force', at: world.now(), failure: null })
    await emergencies.delete('next')
    await world.log.append({
      event: 'emergency-prepared',
      organization: null,
      text: 'You put your emergency card in force.',
      details: { card: stored.directory.patient, round: String(stored.round) },
    })
    const old = former?.directory.summary.cid
    if (old && old !== stored.directory.summary.cid) await world.drop(old).catch(() => undefined)
    world.changed()
    world.backUp()
  }

  async function advanceWithdrawal(stored: StoredEmergency): Promise<void> {
    const { directory, relay } = stored
    if (!(await submitPolicy(world, stored))) return
    await put('current', { ...stored, status: 'withdrawn', at: world.now() })
    await world.log.append({
      event: 'emergency-withdrawn',
      organization: null,
      text: 'You withdrew your emergency card. Nothing can be opened by it any more.',
      details: { card: directory.patient, round: String(stored.round) },
    })
    await world
      .ownerToken(relay)
      .then((token) => world.relay(relay).dropEmergency(token, directory.patient))
      .catch(() => undefined)
    await world.drop(directory.summary.cid).catch(() => undefined)
    world.backUp()
  }

  const advance = () =>
    inTurn(async () => {
      if (world.vault.state() !== 'unlocked') return
      const next = await emergencies.get('next')
      if (next) await advanceNext(next).catch((error: unknown) => note(next, error))
      const current = await emergencies.get('current')
      if (current?.status === 'withdrawing') await advanceWithdrawal(current).catch(() => undefined)
    })

  async function note(before: StoredEmergency, error: unknown): Promise<void> {
    const stored = (await emergencies.get('next')) ?? before
    const message = error instanceof CarekeyError ? error.message : 'Something went wrong inside Carekey.'
    await put('next', { ...stored, failure: message })
  }

  /** The holders' servers answer within seconds, if they answer now at all. */
  async function lookOften(): Promise<void> {
    const until = performance.now() + limits.lookForMs
    while (performance.now() < until) {
      await advance()
      if (!(await emergencies.get('next').catch(() => undefined))) return
      await new Promise((resolve) => setTimeout(resolve, limits.lookEveryMs))
    }
  }

  return {
    advance,
    async begin(wish) {
      await inTurn(async () => put('next', await sealEmergency(world, wish)))
      world.backUp()
      void lookOften().catch(() => undefined)
    },
    discard: () =>
      inTurn(async () => {
        const next = await emergencies.get('next')
        // Signed and handed over, it may reach the ledger at any time.
        if (!next || next.status === 'stating') return
        await emergencies.delete('next')
        await world.drop(next.directory.summary.cid).catch(() => undefined)
        world.changed()
      }),
    async withdraw() {
      await inTurn(async () => {
        const current = await emergencies.get('current')
        if (current?.status !== 'in-force') return
        const terms = await world.ledger.terms(current.directory.patient)
        const round = (terms?.round ?? current.round) + 1
        const signed = await signPolicy(world, current, { allowed: false, round })
        await put('current', { ...signed, status: 'withdrawing', at: world.now() })
      })
      await advance()
    },
  }
}
