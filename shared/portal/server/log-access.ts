import { setTimeout as pause } from 'node:timers/promises'
import { randomSalt } from '../../crypto/commit.ts'
import { CarekeyError, isReason } from '../../protocol/errors.ts'
import { accessHashOf } from '../../protocol/grant.ts'
import { typedData } from '../../protocol/typed-data.ts'
import type { Ledger } from './ledger.ts'
import { limits } from './limits.ts'
import type { OpenedGrant } from './open-grant.ts'
import type { Settings } from './options.ts'
import type { Relay } from './relay.ts'
import { sign } from './signature.ts'

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
  let state = await relay.submit({ kind: 'access', access }, signal)
  const until = performance.now() + limits.accessLogWaitMs
  while (state.status === 'submitted' && performance.now() < until) {
    await pause(limits.ledgerPollMs, undefined, signal ? { signal } : {})
    state = await relay.submission(state.id, signal)
  }
  if (state.status === 'failed') {
    const reason = isReason(state.reason) ? state.reason : 'ledger-refused'
    throw new CarekeyError(reason, 'The ledger did not take the note of this access.')
  }
  return { transactionHash: state.transactionHash, salt, accessHash }
}
