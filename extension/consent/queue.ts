import type { RequestView } from '../snapshots.ts'

type Queued = Pick<RequestView, 'id' | 'state' | 'receivedAt'>

const order = { ready: 0, checking: 1 } as const

const waits = (request: Queued): request is Queued & { state: keyof typeof order } =>
  request.state === 'ready' || request.state === 'checking'

/** The request to show after this one: the oldest that is ready, else the oldest that is being checked. */
export function nextRequest<T extends Queued>(requests: readonly T[], after: string | null): T | undefined {
  return requests
    .filter((request) => request.id !== after)
    .filter((request): request is T & { state: keyof typeof order } => waits(request))
    .sort((one, other) => order[one.state] - order[other.state] || one.receivedAt - other.receivedAt)[0]
}

/** The request to show first: one that waits, else one that is being carried out. */
export const firstRequest = <T extends Queued>(requests: readonly T[]): T | undefined =>
  nextRequest(requests, null) ?? requests.find(({ state }) => state === 'working')

/** How many others wait for an answer. */
export const waitingRequests = (requests: readonly Queued[], after: string | null): number =>
  requests.filter((request) => request.id !== after && waits(request)).length
