import { seal } from '../../crypto/seal.ts'
import { recipientSchema } from '../../protocol/connection.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import { pseudonymSchema } from '../../protocol/ids.ts'
import { type PatientMessage, patientMessageSchema } from '../../protocol/inbox.ts'
import { limits as wire } from '../../protocol/limits.ts'
import { parse } from './parse.ts'
import type { Relay } from './relay.ts'

export interface Addressee {
  patient: string
  recipient: string
}

/** Leaves a sealed message in the patient's inbox at the relay. */
export async function leaveMessage(
  { relay }: { relay: Relay },
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
