import { randomSalt } from '../../crypto/commit.ts'
import { accessHashOf } from '../../protocol/grant.ts'
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
  { grantId, grant, records }: OpenedGrant,
  signal?: AbortSignal,
): Promise<LoggedAccess> {
  const salt = randomSalt()
  const commitments = records.map(({ commitment }) => commitment)
  const accessHash = accessHashOf(commitments, salt)
  const deadline = (await ledger.now()) + limits.accessSeconds
  const message = { grant: grantId, accessHash, deadline: BigInt(deadline) }
  const signature = await sign(settings.account, typedData(settings.network, 'Access', message))
  const access = { grant, accessHash, deadline, signature }
  const { transactionHash } = await submitAct(relay, { kind: 'access', access }, signal)
  return { transactionHash, salt, accessHash }
}
