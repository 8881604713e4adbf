import { randomSalt } from '../../crypto/commit.ts'
import {
  challengeDigestOf,
  challengeTypedData,
  connectionSchema,
  connectionTypedData,
  type SignedChallenge,
  type Voucher,
  voucherTypedData,
} from '../../protocol/connection.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import { hash32Schema, type Pseudonym } from '../../protocol/ids.ts'
import type { Ledger } from './ledger.ts'
import { limits } from './limits.ts'
import { type Settings, unixNow } from './options.ts'
import { parse } from './parse.ts'
import { requireSigner, sign } from './signature.ts'

/** A patient who has connected. Keep it with the patient's record; give `voucher` back to the page. */
export interface ConnectedPatient {
  /** The patient's account towards this organization alone. */
  patient: Pseudonym
  /** Where deposits and requests for this patient are sealed to. */
  recipient: string
  voucher: Voucher
}

const challengeKey = (digest: string) => `challenge:${digest}`

export async function challenge({
  settings,
  ledger,
}: {
  settings: Settings
  ledger: Ledger
}): Promise<SignedChallenge> {
  const fresh = {
    organization: settings.organization,
    origin: settings.origin,
    nonce: hash32Schema.parse(randomSalt()),
    // The broker judges it by the chain's clock, which may run ahead of ours (protocol, section 5.1).
    deadline: (await ledger.now()) + limits.challengeSeconds,
  }
  const digest = challengeDigestOf(settings.network, fresh)
  const until = unixNow() + limits.challengeSeconds
  await settings.store.set(challengeKey(digest), String(until), until)
  return {
    challenge: fresh,
    signature: await sign(settings.account, challengeTypedData(settings.network, fresh)),
  }
}

export async function acceptConnection(settings: Settings, answer: unknown): Promise<ConnectedPatient> {
  const { signature, ...connection } = parse(connectionSchema, answer, 'The patient’s answer')
  if (connection.origin !== settings.origin) {
    throw new CarekeyError('origin-refused', 'This answer was given to another web site.')
  }
  if (connection.deadline < unixNow()) {
    throw new CarekeyError('deadline-passed', 'This answer came too late. Connect again.')
  }
  const data = connectionTypedData(settings.network, connection)
  await requireSigner(data, signature, connection.patient, 'the patient’s answer')
  const until = await settings.store.take(challengeKey(connection.challenge))
  if (until === undefined) {
    throw new CarekeyError(
      'request-replayed',
      'This answer was used already, or nobody asked. Connect again.',
    )
  }
  if (Number(until) < unixNow()) {
    throw new CarekeyError('deadline-passed', 'This answer came too late. Connect again.')
  }
  return {
    patient: connection.patient,
    recipient: connection.recipient,
    voucher: await issueVoucher(settings, connection.patient),
  }
}

export async function issueVoucher(settings: Settings, patient: Pseudonym): Promise<Voucher> {
  const voucher = {
    organization: settings.organization,
    patient,
    deadline: unixNow() + limits.voucherSeconds,
  }
  return { ...voucher, signature: await sign(settings.account, voucherTypedData(settings.network, voucher)) }
}
