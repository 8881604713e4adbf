import { CryptoError } from '../../shared/crypto/crypto-error.ts'
import { seal } from '../../shared/crypto/seal.ts'
import { requestIdOf } from '../../shared/protocol/access-request.ts'
import { anchorDigestOf } from '../../shared/protocol/anchor.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { type AnswerMessage, type PatientMessage, patientMessageSchema } from '../../shared/protocol/inbox.ts'
import { limits as wire } from '../../shared/protocol/limits.ts'
import { pseudonymToken } from './accounts.ts'
import { checkAccess, checkOffer } from './check/requests.ts'
import { limits } from './limits.ts'
import type { StoredConnection, World } from './ports.ts'
import type { Queue } from './queue/queue.ts'
import { isFinal, isUndecided, type StoredRequest } from './queue/request.ts'
import { isPassing } from './sponsor.ts'

// Requests and deposits that organizations left at the relay (protocol, section 10).

/** Collects for every connected pseudonym; resolves with how many new requests were stored. */
export async function collect(world: World, queue: Queue): Promise<StoredRequest[]> {
  const found: StoredRequest[] = []
  for (const connection of await world.tables.connections.all()) {
    if (connection.disconnectedAt !== null) continue
    for (const relay of world.network.relays) {
      found.push(...(await collectFrom(world, queue, connection, relay)))
    }
  }
  return found
}

async function collectFrom(
  world: World,
  queue: Queue,
  connection: StoredConnection,
  origin: string,
): Promise<StoredRequest[]> {
  const relay = world.relay(origin)
  const token = await pseudonymToken(world, origin, connection.organization)
  const found: StoredRequest[] = []
  for (const message of (await relay.inbox(token)).slice(0, limits.inboxMessages)) {
    try {
      const plain = parse(await world.vault.openDeposit(connection.organization, message.sealed))
      requireOwn(connection, plain)
      if (!(await queue.get(idOf(world, plain)))) {
        if (await mustWait(queue, connection, plain.kind)) continue
        const request = await check(world, connection, origin, plain)
        await queue.add(request)
        found.push(request)
      }
    } catch (error) {
      // What cannot be told now is left where it is; what is wrong stays wrong.
      if (isPassing(error) && !(error instanceof CryptoError)) continue
      await logRefused(world, connection, error)
    }
    // Stored, or refused for good: only now may the relay forget it.
    await relay.acknowledge(token, message.id)
  }
  return found
}

/** An organization has the patient asked one thing at a time, as a page has. */
async function mustWait(
  queue: Queue,
  { organization }: StoredConnection,
  kind: PatientMessage['kind'],
): Promise<boolean> {
  const waiting = (await queue.all()).filter(
    (one) => one.organization === organization && one.kind === kind && waitsForPatient(one),
  )
  return waiting.length >= limits.pendingPerKind
}

/** Also what could not be checked yet, and will be tried again. */
const waitsForPatient = (request: StoredRequest): boolean =>
  isUndecided(request) || (!isFinal(request) && request.state.name === 'failed' && !request.state.decided)

const idOf = ({ network }: World, message: PatientMessage): string =>
  message.kind === 'deposit'
    ? anchorDigestOf(network, message.offer.anchor)
    : requestIdOf(network, message.request)

async function check(
  world: World,
  connection: StoredConnection,
  relay: string,
  message: PatientMessage,
): Promise<StoredRequest> {
  const base = {
    via: { kind: 'inbox' as const, relay, answered: false },
    organization: connection.organization,
    receivedAt: world.now(),
    state: { name: 'checking' as const },
    noted: false,
  }
  if (message.kind === 'deposit') {
    const { offer } = message
    const { id } = await checkOffer(world, offer, null)
    return { ...base, id, kind: 'deposit', offer, opened: null, expiresAt: offer.anchor.deadline }
  }
  const { request, signature } = message
  const { id } = await checkAccess(world, { request, signature }, null)
  if (connection.voucher === null) {
    throw new CarekeyError('voucher-required', 'This organization has not vouched for you yet.')
  }
  return { ...base, id, kind: 'access', signed: { request, signature }, expiresAt: request.deadline }
}

function parse(plain: Uint8Array): PatientMessage {
  try {
    return patientMessageSchema.parse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plain)))
  } catch (cause) {
    throw new CarekeyError('params-invalid', 'A message from this organization cannot be read.', { cause })
  }
}

/** A message sealed for one pseudonym must speak of it, and come from the organization that alone knows it. */
function requireOwn(connection: StoredConnection, message: PatientMessage): void {
  const [organization, patient] =
    message.kind === 'deposit'
      ? [message.offer.author, message.offer.anchor.subject]
      : [message.request.organization, message.request.patient]
  if (organization !== connection.organization || patient !== connection.patient) {
    throw new CarekeyError(
      'patient-mismatch',
      'A message came from another organization, or for another patient.',
    )
  }
}

async function logRefused(world: World, connection: StoredConnection, error: unknown): Promise<void> {
  await world.log.append({
    event: 'refused',
    organization: connection.organization,
    text: `Carekey refused a message that came for ${connection.name}.`,
    details: { reason: error instanceof CarekeyError ? error.reason : 'record-damaged' },
  })
}

/** The answer to a request that came by the inbox; `null` when nothing is to be said. */
export function answerOf(request: StoredRequest): AnswerMessage | null {
  const { kind, state } = request
  if (kind !== 'access') return null
  if (state.name === 'done') return { kind: 'granted', ...state.result }
  if ((state.name === 'declined' || state.name === 'expired') && state.decision) {
    return { kind: 'decided', ...state.decision }
  }
  return null
}

/** Leaves the answer for the organization's signing account, sealed; once it is there it is not sent again. */
export async function sendAnswer(world: World, queue: Queue, request: StoredRequest): Promise<void> {
  const answer = answerOf(request)
  if (answer === null || request.via.kind !== 'inbox' || request.via.answered) return
  const organization = await world.ledger.organization(request.organization)
  if (!organization) return
  const sealed = await seal([organization.recipient], new TextEncoder().encode(JSON.stringify(answer)))
  if (sealed.length > wire.inboxMessageMaxBytes) return
  const { relay } = request.via
  // In the name that it knows us by: the account that owns our pins would be the same to every organization.
  const token = await pseudonymToken(world, relay, request.organization)
  await world.relay(relay).postInbox(token, organization.signer, sealed)
  await queue.apply(request.id, { type: 'answered' })
}
