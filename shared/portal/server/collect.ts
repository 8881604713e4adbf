import { z } from 'zod'
import { CryptoError } from '../../crypto/crypto-error.ts'
import { open } from '../../crypto/seal.ts'
import { CarekeyError, type Reason } from '../../protocol/errors.ts'
import { organizationMessageSchema } from '../../protocol/inbox.ts'
import type { Settings } from './options.ts'
import type { Relay } from './relay.ts'

export interface Collected {
  /** How many messages were handled and taken out of the inbox. */
  handled: number
  /** Why others were thrown away: not sealed to us, not signed by who should have, nothing that we asked for. */
  refused: Reason[]
}

/** How messages of some kinds are dealt with; those of other kinds stay in the inbox for whoever collects them. */
export interface Collector<T> {
  isMine(kind: string): boolean
  /** Throws a CarekeyError for one of another kind that is good for nobody, so that it cannot fill the inbox up. */
  check?(kind: string, message: unknown): Promise<unknown>
  /** Checks a message; a CarekeyError throws the message away. */
  read(message: unknown): Promise<T>
  handle(read: T): Promise<void> | void
}

const kindSchema = z.object({ kind: z.string() })
const kinds: ReadonlySet<string> = new Set(
  organizationMessageSchema.options.flatMap((option) =>
    'options' in option ? option.options.map(({ shape }) => shape.kind.value) : [option.shape.kind.value],
  ),
)

/** Goes once through this organization's inbox. What nobody could read or collect is thrown away. */
export async function collect<T>(
  { settings, relay }: { settings: Settings; relay: Relay },
  { isMine, check, read, handle }: Collector<T>,
  signal?: AbortSignal,
): Promise<Collected> {
  const collected: Collected = { handled: 0, refused: [] }
  for (const { id, sealed } of await relay.inbox(signal)) {
    const message = await refusalOr(() => openMessage(settings, sealed))
    const kind = kindSchema.safeParse(message).data?.kind
    if (kind !== undefined && kinds.has(kind) && !isMine(kind)) {
      const checked = check ? await refusalOr(() => check(kind, message)) : undefined
      if (!(checked instanceof CarekeyError)) continue
      collected.refused.push(checked.reason)
    } else {
      const known = message instanceof CarekeyError ? message : await refusalOr(() => read(message))
      if (known instanceof CarekeyError) {
        collected.refused.push(known.reason)
      } else {
        await handle(known)
        collected.handled++
      }
    }
    await relay.acknowledge(id, signal)
  }
  return collected
}

async function openMessage(settings: Settings, sealed: string): Promise<unknown> {
  try {
    const bytes = await open(settings.ageIdentity, Buffer.from(sealed, 'base64'))
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    // A CryptoError, bad base64 or bad JSON.
    const unreadable =
      cause instanceof CryptoError || cause instanceof SyntaxError || cause instanceof TypeError
    if (!unreadable) throw cause
    return new CarekeyError('record-damaged', 'A message in the inbox cannot be read.', { cause })
  }
}

/** A failing store or ledger is no refusal of the message: it is thrown on, and the message stays. */
async function refusalOr<T>(attempt: () => Promise<T>): Promise<T | CarekeyError> {
  try {
    return await attempt()
  } catch (error) {
    if (error instanceof CarekeyError && error.reason !== 'ledger-unreachable') return error
    throw error
  }
}
