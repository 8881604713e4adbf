import { simulate } from '../../shared/contracts/calls.ts'
import type { Ledger as ContractsLedger } from '../../shared/contracts/ledger.ts'
import { type AcceptedAnchor, acceptanceTypedData, anchorTypedData } from '../../shared/protocol/anchor.ts'
import type { CarekeyError } from '../../shared/protocol/errors.ts'
import type { SponsoredAct } from '../../shared/protocol/relay-api.ts'
import { requireSigner } from '../identity/signature.ts'
import { type Ledger, requireAccredited } from '../ledger/ledger.ts'
import type { Act } from './acts.ts'

export interface Trial {
  /** What the ledger would say against it; null for nothing. */
  refused: CarekeyError | null
  /** The ledger would take it under a root, but not by itself. */
  batchOnly: boolean
}

/** Tries an act on the newest block. @throws CarekeyError where a signature that only a batch would judge is wrong */
export async function trial(
  { ledger, trialLedger, payer }: { ledger: Ledger; trialLedger: ContractsLedger; payer: `0x${string}` },
  signed: SponsoredAct,
  act: Act,
): Promise<Trial> {
  const refused = await simulate(trialLedger, act.call, payer)
  const mayBatch = signed.kind === 'anchor' && signed.batch !== false && ledger.deployment.contracts.batches
  if (refused?.reason !== 'previous-unknown' || !mayBatch) return { refused, batchOnly: false }
  // The version before it came in a batch, which the records contract does not see. It says so before it looks at the signatures.
  await requireSignatures(ledger, signed.anchor)
  return { refused: null, batchOnly: true }
}

async function requireSignatures(ledger: Ledger, accepted: AcceptedAnchor): Promise<void> {
  const { signer } = await requireAccredited(ledger, accepted.author)
  const { anchor, acceptance } = accepted
  await requireSigner(anchorTypedData(ledger.deployment, anchor), accepted.signature, signer)
  const data = acceptanceTypedData(ledger.deployment, accepted, acceptance.deadline)
  await requireSigner(data, acceptance.signature, anchor.subject)
}
