import { emergencyReasons } from '../../../shared/protocol/emergency.ts'
import type { EmergencyCaseView, EmergencyWish } from '../../emergency-snapshots.ts'
import type { OrganizationView } from '../../snapshots.ts'
import { capitalized, durationInWords, momentInWords } from '../words/time.ts'

const minute = 60
const hour = 60 * minute

export const waits = [0, 5 * minute, 15 * minute, 30 * minute, 1 * hour, 4 * hour, 24 * hour] as const
export const windows = [1 * hour, 2 * hour, 4 * hour, 12 * hour, 24 * hour, 72 * hour] as const

export const waitInWords = (seconds: number) =>
  seconds === 0 ? 'No wait: at once' : `${durationInWords(seconds)}, in which you can stop it`

export const stateInWords = {
  waiting: 'Waiting',
  open: 'Open now',
  vetoed: 'Stopped',
  closed: 'Over',
} as const satisfies Record<EmergencyCaseView['state'], string>

export const isLive = ({ state, vetoing }: EmergencyCaseView) =>
  !vetoing && (state === 'waiting' || state === 'open')

/** What happened and what follows, in one or two sentences. */
export function caseInWords(one: EmergencyCaseView): string {
  const who = `An emergency practitioner of ${one.organization?.name ?? 'an organization'}`
  const whose = one.of === null ? 'your emergency card' : `${one.of}’s emergency card`
  const used = `${who} used ${whose}.`
  switch (one.state) {
    case 'waiting':
      return `${used} From ${momentInWords(one.releaseFrom)} on they can read the summary, unless you stop it.`
    case 'open':
      return `${used} They can read the summary until ${momentInWords(one.closesAt)}, unless you stop it.`
    case 'vetoed':
      return `${used} It was stopped${one.vetoedAt ? ` (${momentInWords(one.vetoedAt)})` : ''}.`
    case 'closed':
      return `${used} It ended by itself (${momentInWords(one.closesAt)}).`
  }
}

export const reasonInWords = ({ reason }: EmergencyCaseView) => emergencyReasons[reason]

export function fetchedInWords({ fetchedAt, of }: EmergencyCaseView): string {
  if (of !== null) return 'Only the person themselves can see that.'
  const [first] = [...fetchedAt].sort((a, b) => a - b)
  return first === undefined ? 'Not so far' : `${capitalized(momentInWords(first))}, from your relay`
}

export function reviewInWords({ review, state }: EmergencyCaseView): string {
  if (review) {
    return `Done (${momentInWords(review.at)}): it ${review.justified ? 'was right' : 'was not right'} to use the card`
  }
  return state === 'waiting' || state === 'open' ? 'Owed once it is over' : 'Owed by the health authority'
}

export function rulesInWords(
  { holders, threshold, organizations, guardians, waitSeconds, windowSeconds }: EmergencyWish,
  nameOf: (id: OrganizationView['id']) => string,
): (readonly [string, string])[] {
  return [
    [
      'Who may use it',
      organizations.length === 0
        ? 'Any accredited emergency practitioner'
        : `Emergency practitioners of ${listed(organizations.map(nameOf))}`,
    ],
    ['They wait', waitInWords(waitSeconds)],
    ['Then they can read for', durationInWords(windowSeconds)],
    ['Keys', `${threshold} of ${holders.length} must come together: ${listed(holders.map(nameOf))}`],
    ['Guardians', guardians.length === 0 ? 'Nobody but you' : listed(guardians.map(({ name }) => name))],
  ]
}

export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join('')
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}

/** `0x12ab…` in groups that a person can read out. */
export const groupedHandle = (handle: string) => handle.match(/^0x|.{1,4}/g)?.join(' ') ?? handle
