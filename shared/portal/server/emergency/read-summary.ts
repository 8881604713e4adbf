import { decodeEnvelope } from '../../../crypto/envelope.ts'
import { openWithFileKey } from '../../../crypto/seal.ts'
import { combineFileKey } from '../../../crypto/shares.ts'
import {
  type EmergencyDirectory,
  emergencyReplySchema,
  holdersHashOf,
  type ShareRequest,
  shareRequestTypedData,
} from '../../../protocol/emergency-shares.ts'
import { CarekeyError } from '../../../protocol/errors.ts'
import { limits } from '../limits.ts'
import { unixNow } from '../options.ts'
import { json, readReply } from '../relay-http.ts'
import { packCar } from '../sealed-file.ts'
import { sign } from '../signature.ts'
import type { OpenedCase } from './case-store.ts'
import { type HolderContext, sealJson } from './holder.ts'

type Fetched = NonNullable<OpenedCase['fetched']>

/** Ciphertext and holders from the relay; both must be what the patient's policy on the ledger names. */
export async function fetchSummary(
  { relay, ledger }: Pick<HolderContext, 'relay' | 'ledger'>,
  { opening }: OpenedCase,
  signal?: AbortSignal,
): Promise<Fetched> {
  const terms = await ledger.terms(opening.patient)
  const reply = await readReply(
    emergencyReplySchema,
    await relay.call(`/emergencies/${opening.patient}`, { ...json({ opening }), signal }),
  )
  const { directory, sealed } = reply
  const { cid } = await packCar(Buffer.from(sealed, 'base64'))
  if (
    directory.patient !== opening.patient ||
    holdersHashOf(directory) !== terms?.holdersHash ||
    cid !== directory.summary.cid
  ) {
    throw new CarekeyError('record-hash-wrong', 'The relay gave another summary than the patient’s.')
  }
  return reply
}

/** Asks every holder that has not answered with its share. */
export async function askHolders(
  { settings, relay, ledger }: HolderContext,
  { id, opening, shares }: OpenedCase,
  directory: EmergencyDirectory,
  signal?: AbortSignal,
): Promise<void> {
  const holders = holdersHashOf(directory)
  const request = {
    organization: settings.organization,
    holders,
    deadline: unixNow() + limits.shareRequestSeconds,
  }
  const signature = await sign(settings.account, shareRequestTypedData(settings.network, id, request))
  const message: ShareRequest = { kind: 'emergency-request', opening, ...request, signature }
  for (const { organization } of directory.holders) {
    if (shares[organization] !== undefined) continue
    const holder = await ledger.organization(organization)
    if (holder) await relay.leave(holder.signer, await sealJson(holder.recipient, message), signal)
  }
}

/** The summary itself. Throws CarekeyError `record-damaged` when the shares do not fit. */
export async function openSummary({ sealed }: Fetched, shares: readonly string[]): Promise<Uint8Array> {
  try {
    const fileKey = await combineFileKey(shares.map((share) => Buffer.from(share, 'base64')))
    const envelope = await openWithFileKey(fileKey, Buffer.from(sealed, 'base64'))
    fileKey.fill(0)
    return decodeEnvelope(envelope).content
  } catch (cause) {
    throw new CarekeyError('record-damaged', 'The shares do not open this summary.', { cause })
  }
}
