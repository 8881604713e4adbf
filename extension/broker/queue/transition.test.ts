import { describe, expect, it } from 'vitest'
import { NO_HASH } from '../../../shared/protocol/ids.ts'
import type { StateName, StoredRequest } from './request.ts'
import { type Event, transition } from './transition.ts'

const failure = { reason: 'relay-unreachable', message: 'The relay does not answer.', retryable: true }

const states: Record<string, { name: StateName } & Record<string, unknown>> = {
  checking: { name: 'checking' },
  ready: { name: 'ready' },
  working: { name: 'working', work: null, progress: null },
  done: { name: 'done', result: {}, at: 1 },
  declined: { name: 'declined', decision: null, at: 1 },
  expired: { name: 'expired', decision: null, at: 1 },
  cancelled: { name: 'cancelled', at: 1 },
  'failed undecided': { name: 'failed', failure, decided: false, work: null, at: 1 },
  'failed decided': { name: 'failed', failure, decided: true, work: null, at: 1 },
  'failed for good': {
    name: 'failed',
    failure: { ...failure, retryable: false },
    decided: true,
    work: null,
    at: 1,
  },
}

const events: Record<string, Event> = {
  checked: { type: 'checked' },
  approved: { type: 'approved', work: null },
  advanced: { type: 'advanced', label: 'Signing for you', done: 0.5 },
  finished: { type: 'finished', result: {} as never, at: 2 },
  declined: { type: 'declined', decision: null, at: 2 },
  expired: { type: 'expired', decision: null, at: 2 },
  cancelled: { type: 'cancelled', at: 2 },
  failed: { type: 'failed', failure, at: 2 },
  retried: { type: 'retried' },
}

/** Everything that is allowed; what is not here means nothing. */
const allowed: Record<string, Record<string, StateName>> = {
  checking: { checked: 'ready', expired: 'expired', cancelled: 'cancelled', failed: 'failed' },
  ready: { approved: 'working', declined: 'declined', expired: 'expired', cancelled: 'cancelled' },
  working: { advanced: 'working', finished: 'done', failed: 'failed' },
  'failed undecided': { retried: 'checking' },
  'failed decided': { retried: 'working' },
}

const requestIn = (state: object): StoredRequest =>
  ({
    kind: 'connect',
    id: NO_HASH,
    noted: false,
    via: { kind: 'page', tabId: 1, documentId: 'd', origin: 'https://a.example', calls: ['call-one'] },
    state,
  }) as unknown as StoredRequest

describe('a transition', () => {
  for (const [from, state] of Object.entries(states)) {
    for (const [name, event] of Object.entries(events)) {
      const to = allowed[from]?.[name]
      it(`${to ? `leads by ${name} from ${from} to ${to}` : `by ${name} from ${from} means nothing`}`, () => {
        expect(transition(requestIn(state), event)?.state.name).toBe(to)
      })
    }
  }

  it('never leads out of an end', () => {
    for (const end of ['done', 'declined', 'expired', 'cancelled', 'failed for good']) {
      for (const event of Object.values(events)) {
        expect(transition(requestIn(states[end] ?? {}), event)).toBeUndefined()
      }
    }
  })

  it('never changes what it was given', () => {
    const request = Object.freeze(requestIn(Object.freeze({ name: 'ready' })))
    expect(transition(request, { type: 'approved', work: null })?.state.name).toBe('working')
    expect(request.state.name).toBe('ready')
  })

  it('keeps what was asked when a failed decided request is tried again', () => {
    const failed = transition(requestIn(states.working ?? {}), { type: 'failed', failure, at: 2 })
    expect(failed && transition(failed, { type: 'retried' })?.state).toEqual({
      name: 'working',
      work: null,
      progress: null,
    })
  })

  it('notes a joining call once, in any state', () => {
    const joined = transition(requestIn({ name: 'ready' }), { type: 'joined', call: 'call-two' })
    expect(joined?.via).toMatchObject({ calls: ['call-one', 'call-two'] })
    expect(joined && transition(joined, { type: 'joined', call: 'call-two' })).toBeUndefined()
  })
})
