import { type AnchorKey, type AnchorPlace, anchorKeyOf } from '../../contracts/anchors.ts'
import { anchorDigestOf, type ProvenAnchor, provenAnchorSchema } from '../../protocol/anchor.ts'
import type { Inclusion } from '../../protocol/batch.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import type { Commitment } from '../../protocol/ids.ts'
import type { Ledger } from './ledger.ts'
import { limits } from './limits.ts'
import { type Settings, unixNow } from './options.ts'
import type { Relay } from './relay.ts'

// Proofs of what came to the ledger in a batch. Each proves itself there: nothing that a page or a relay says is believed.

export type Asking = { settings: Settings; ledger: Ledger; relay: Pick<Relay, 'submission'> }

/** What the relay's sponsor says of an act's batch. */
export async function findProof(
  { settings, relay }: Pick<Asking, 'settings' | 'relay'>,
  digest: string,
): Promise<Inclusion | undefined> {
  if (!settings.network.contracts.batches) return undefined
  try {
    return (await relay.submission(digest)).batch
  } catch (error) {
    // Brought to another sponsor, or by itself to the ledger; a relay that is away must not hide what the ledger says.
    if (error instanceof CarekeyError) return undefined
    throw error
  }
}

/** Where an anchor came to the ledger: by itself, in the batch that is shown, or in one that it has come to since. */
export async function placeOfAnchor(
  asking: Asking,
  shown: ProvenAnchor,
): Promise<{ place: AnchorPlace; proven: ProvenAnchor } | undefined> {
  const { settings, ledger } = asking
  let proven = shown
  let place = await ledger.provenAnchor(proven)
  if (!place && !shown.batch && shown.acceptance) {
    const batch = await findProof(asking, anchorDigestOf(settings.network, shown.anchor))
    proven = { ...shown, batch }
    place = batch && (await ledger.provenAnchor(proven))
  }
  return place && { place, proven }
}

/** Whether it proves that this subject accepted this commitment from this author. */
export function isOf(key: AnchorKey, proven: ProvenAnchor): boolean {
  const { commitment, subject, author } = anchorKeyOf(proven)
  return commitment === key.commitment && subject === key.subject && author === key.author
}

/** So that the anchor is found again by its commitment alone. */
export async function keepProof({ store }: Settings, proven: ProvenAnchor): Promise<void> {
  const expiresAt = unixNow() + limits.proofSeconds
  await store.set(keyOf(proven.anchor.commitment), JSON.stringify(proven), expiresAt)
}

export async function keptProof(
  { store }: Settings,
  commitment: Commitment,
): Promise<ProvenAnchor | undefined> {
  const kept = await store.get(keyOf(commitment))
  return kept === undefined ? undefined : provenAnchorSchema.parse(JSON.parse(kept))
}

const keyOf = (commitment: Commitment): string => `anchor ${commitment}`
