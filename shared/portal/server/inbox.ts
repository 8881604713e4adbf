import { CryptoError } from '../../crypto/crypto-error.ts'
import { open, seal } from '../../crypto/seal.ts'
import { recipientSchema } from '../../protocol/connection.ts'
import { CarekeyError, type Reason } from '../../protocol/errors.ts'
import { pseudonymSchema } from '../../protocol/ids.ts'
import { type PatientMessage, patientMessageSchema } from '../../protocol/inbox.ts'
import { limits as wire } from '../../protocol/limits.ts'
import type { Settings } from './options.ts'
import { parse } from './parse.ts'
import type { Relay } from './relay.ts'
import { acceptDecision, type PatientDecision } from './requests.ts'

export interface Addressee {
  patient: string
  recipient: string
}

type Context = { settings: Settings; relay: Relay }

/** Leaves a sealed message in the patient's inbox at the relay. */
export async function leaveMessage(
  { relay }: Pick<Context, 'relay'>,
  { patient, recipient }: Addressee,
  message: PatientMessage,
  signal?: AbortSignal,
): Promise<void> {
  const account = parse(pseudonymSchema, patient, 'The patient')
  const to = parse(recipientSchema, recipient, 'The recipient')
  const text = JSON.stringify(parse(patientMessageSchema, message, 'The message'))
  const sealed = await seal([to], new TextEncoder().encode(text))
  if (sealed.length > wire.inboxMessageMaxBytes) {
    throw new CarekeyError('message-too-large', 'The message is too long for the patient’s inbox.')
  }
  await relay.leave(account, sealed, signal)
}

export interface CollectedDecisions {
  /** How many answers were handled and taken out of the inbox. */
  handled: number
  /** Why others were thrown away: not sealed to us, not signed by who was asked, no answer to any request of ours. */
  refused: Reason[]
}

/**
 * Collects the patients' answers from this organization's inbox. An answer leaves the inbox once `handle` has
 * resolved; if it rejects, the answer comes again the next time.
 */
export async function collectDecisions(
  { settings, relay }: Context,
  handle: (decision: PatientDecision) => Promise<void> | void,
  signal?: AbortSignal,
): Promise<CollectedDecisions> {
  const collected: CollectedDecisions = { handled: 0, refused: [] }
  for (const { id, sealed } of await relay.inbox(signal)) {
    const decision = await read(settings, sealed)
    if (decision instanceof CarekeyError) {
      collected.refused.push(decision.reason)
    } else {
      await handle(decision)
      collected.handled++
    }
    await relay.acknowledge(id, signal)
  }
  return collected
}

async function read(settings: Settings, sealed: string): Promise<PatientDecision | CarekeyError> {
  try {
    const bytes = await open(settings.ageIdentity, Buffer.from(sealed, 'base64'))
    return await acceptDecision(settings, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch (cause) {
    if (cause instanceof CarekeyError) return cause
    // A CryptoError, bad base64 or bad JSON; a failing store is none of these.
    const unreadable =
      cause instanceof CryptoError || cause instanceof SyntaxError || cause instanceof TypeError
    if (!unreadable) throw cause
    return new CarekeyError('record-damaged', 'A message in the inbox cannot be read.', { cause })
  }
}
