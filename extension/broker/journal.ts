import type { LogEvent, World } from './ports.ts'
import type { StoredRequest } from './queue/request.ts'

// What the log says of requests that came to an end. What work itself achieved is logged where it is done.

const ends: Partial<
  Record<StoredRequest['kind'], Partial<Record<StoredRequest['state']['name'], LogEvent>>>
> = {
  deposit: { declined: 'deposit-declined', failed: 'deposit-failed' },
  access: { done: 'access-approved', declined: 'access-declined', expired: 'access-expired' },
}

const beginnings = { deposit: 'deposit-offered', access: 'access-requested' } as const

/** A request has passed every check and waits for the patient. */
export async function logReady(world: World, request: StoredRequest): Promise<void> {
  if (request.kind === 'connect') return
  const { name } = await world.registry.view(request.organization)
  const text = request.kind === 'deposit' ? `${name} offered you a record.` : `${name} asked to see records.`
  await logOnce(world, request, beginnings[request.kind], text)
}

/** One line a request and end, however often a restart comes by here. */
export async function logSettled(world: World, request: StoredRequest): Promise<void> {
  const event = eventOf(request)
  if (event === undefined) return
  const { name } = await world.registry.view(request.organization)
  await logOnce(world, request, event, textOf(request, name))
}

async function logOnce({ log }: World, request: StoredRequest, event: LogEvent, text: string): Promise<void> {
  const lines = await log.all()
  if (lines.some((line) => line.event === event && line.details.request === request.id)) return
  const details = { request: request.id, via: request.via.kind }
  await log.append({ event, organization: request.organization, text, details })
}

function eventOf(request: StoredRequest): LogEvent | undefined {
  const { kind, state } = request
  if (kind === 'access' && state.name === 'done' && state.result.decision.outcome === 'narrowed') {
    return 'access-narrowed'
  }
  // What is tried again has not ended.
  if (state.name === 'failed' && state.failure.retryable) return undefined
  return ends[kind]?.[state.name]
}

function textOf(request: StoredRequest, name: string): string {
  const { kind, state } = request
  if (kind === 'deposit') {
    const title = request.opened ? `“${request.opened.statement.title}”` : 'a record'
    if (state.name === 'declined') return `You declined ${title} from ${name}.`
    return `${title} from ${name} could not be saved. ${state.name === 'failed' ? state.failure.message : ''}`.trim()
  }
  if (state.name === 'declined') return `You declined to share records with ${name}.`
  if (state.name === 'expired') return `${name} asked to see records, and you did not answer in time.`
  if (kind === 'access' && state.name === 'done') {
    const less = state.result.decision.outcome === 'narrowed' ? ', less than they asked for' : ''
    return `You shared records with ${name}${less}.`
  }
  return `${name} asked for something.`
}
