import { randomSalt } from '../../crypto/commit.ts'
import { type Voucher, voucherTypedData } from '../../protocol/connection.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import { accessHashOf } from '../../protocol/grant.ts'
import type { Pseudonym } from '../../protocol/ids.ts'
import { typedData } from '../../protocol/typed-data.ts'
import type { Ledger } from './ledger.ts'
import { limits } from './limits.ts'
import type { OpenedGrant } from './open-grant.ts'
import type { Settings } from './options.ts'
import type { Relay } from './relay.ts'
import { sign } from './signature.ts'
import { submitAct } from './submit-act.ts'

export interface LoggedAccess {
  transactionHash: `0x${string}` | null
  /** Together with the records' commitments it opens the hash on the ledger: keep it. */
  salt: `0x${string}`
  accessHash: `0x${string}`
}

/** States on the ledger that these records were opened; the relay's sponsor submits it. */
export async function logAccess(
  { settings, ledger, relay }: { settings: Settings; ledger: Ledger; relay: Relay },
  { grantId, grant, signature: granted, records }: OpenedGrant,
  signal?: AbortSignal,
): Promise<LoggedAccess> {
  const salt = randomSalt()
  const commitments = records.map(({ commitment }) => commitment)
  const accessHash = accessHashOf(commitments, salt)
  const deadline = (await ledger.now()) + limits.accessSeconds
  const message = { grant: grantId, accessHash, deadline: BigInt(deadline) }
  const signature = await sign(settings.account, typedData(settings.network, 'Access', message))
  const access = { grant, accessHash, deadline, signature }
  const act = { kind: 'access', access } as const
  const { transactionHash } = await submitAct(relay, act, signal).catch(async (error: unknown) => {
    const isUnknown = error instanceof CarekeyError && error.reason === 'grant-unknown'
    if (!isUnknown || granted === undefined) throw error
    // It came in a batch, of which the consents contract does not know: it is brought by itself, on our own voucher.
    const voucher = await ownVoucher(settings, grant.patient, deadline)
    await submitAct(relay, { kind: 'grant', grant, signature: granted, voucher, batch: false }, signal)
    return submitAct(relay, act, signal)
  })
  return { transactionHash, salt, accessHash }
}

async function ownVoucher(
  { network, account, organization }: Settings,
  patient: Pseudonym,
  deadline: number,
): Promise<Voucher> {
  const message = { organization, patient, deadline }
  return { ...message, signature: await sign(account, voucherTypedData(network, message)) }
}
