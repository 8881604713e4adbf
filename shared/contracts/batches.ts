import { SimpleMerkleTree } from '@openzeppelin/merkle-tree'
import { type Address, encodeAbiParameters, encodeFunctionData, type Hex, keccak256 } from 'viem'
import { z } from 'zod'
import { type AcceptedAnchor, anchorDigestOf, anchorMessage, type ProvenAnchor } from '../protocol/anchor.ts'
import { type Inclusion, inclusionSchema } from '../protocol/batch.ts'
import { CarekeyError } from '../protocol/errors.ts'
import { grantIdOf, grantMessage, type ProvenGrant, type SignedGrant } from '../protocol/grant.ts'
import { hash32Schema } from '../protocol/ids.ts'
import { type Deployment, laterContract } from '../protocol/typed-data.ts'
import { type AnchorPlace, anchorKeyOf, readAnchor } from './anchors.ts'
import { type Call, partsOf } from './calls.ts'
import { batchesAbi } from './generated/batches.ts'
import { type GrantState, readGrantState } from './grants.ts'
import { type Ledger, reading } from './ledger.ts'
import { wholeNumberSchema } from './seconds.ts'

const signatureParameter = {
  type: 'tuple',
  components: [{ type: 'uint8' }, { type: 'bytes32' }, { type: 'bytes32' }],
} as const

/** Hashed twice, so that no inner node of a tree can be taken for a leaf. */
const leafOf = (act: Hex): Hex => keccak256(keccak256(act))

/** Holds the patient's signature: it is older than the batch. */
export const grantLeafOf = (deployment: Deployment, { grant, signature }: SignedGrant): Hex =>
  leafOf(
    encodeAbiParameters(
      [{ type: 'bytes32' }, signatureParameter],
      [grantIdOf(deployment, grant), tupleOf(signature)],
    ),
  )

/** Holds both signatures. */
export const anchorLeafOf = (deployment: Deployment, accepted: AcceptedAnchor): Hex =>
  leafOf(
    encodeAbiParameters(
      [{ type: 'bytes32' }, { type: 'bytes32' }, signatureParameter, { type: 'uint256' }, signatureParameter],
      [
        anchorDigestOf(deployment, accepted.anchor),
        accepted.author,
        tupleOf(accepted.signature),
        BigInt(accepted.acceptance.deadline),
        tupleOf(accepted.acceptance.signature),
      ],
    ),
  )

/** Leaves of one kind under one root, with each one's proof in the order given. Throws for none. */
export function batchOf(leaves: readonly Hex[]): { root: Hex; inclusions: Inclusion[] } {
  const tree = SimpleMerkleTree.of([...leaves])
  const root = hash32Schema.parse(tree.root)
  return {
    root,
    inclusions: leaves.map((_, index) => inclusionSchema.parse({ root, proof: tree.getProof(index) })),
  }
}

/** For up to any number of grants, of any patients. */
export const encodeGrantBatch = (deployment: Deployment, root: Hex): Call => ({
  to: laterContract(deployment, 'batches'),
  data: encodeFunctionData({ abi: batchesAbi, functionName: 'grantBatch', args: [root] }),
})

/** For up to any number of anchors, of any patients and authors. */
export const encodeAnchorBatch = (deployment: Deployment, root: Hex): Call => ({
  to: laterContract(deployment, 'batches'),
  data: encodeFunctionData({ abi: batchesAbi, functionName: 'anchorBatch', args: [root] }),
})

const grantTimesSchema = z.tuple([wholeNumberSchema, wholeNumberSchema])

/**
 * A batched grant's state, to be judged by `grantRefusal` as an unbatched one. Throws a `CarekeyError` if the ledger
 * refuses the signature, the inclusion, the deadline or the grantee's accreditation at the batch's block.
 */
export async function readBatchedGrantState(
  ledger: Ledger,
  { grant, signature }: SignedGrant,
  { root, proof }: Inclusion,
): Promise<GrantState> {
  const answer = await reading(
    ledger.client.readContract({
      abi: batchesAbi,
      address: addressOf(ledger),
      functionName: 'grantStateOf',
      args: [grantMessage(grant), partsOf(signature), root, proof],
    }),
  )
  const [grantedAt, revokedAt] = grantTimesSchema.parse(answer)
  return { grantedAt, notBefore: grant.notBefore, notAfter: grant.notAfter, revokedAt }
}

/** Where and when a batched anchor came to the ledger. Throws a `CarekeyError` as `readBatchedGrantState` does. */
export async function readBatchedAnchor(
  ledger: Ledger,
  accepted: AcceptedAnchor,
  { root, proof }: Inclusion,
): Promise<AnchorPlace> {
  const answer = await reading(
    ledger.client.readContract({
      abi: batchesAbi,
      address: addressOf(ledger),
      functionName: 'anchorPlaceOf',
      args: [
        anchorMessage(accepted.anchor),
        accepted.author,
        partsOf(accepted.signature),
        BigInt(accepted.acceptance.deadline),
        partsOf(accepted.acceptance.signature),
        root,
        proof,
      ],
    }),
  )
  const [blockNumber, timestamp] = grantTimesSchema.parse(answer)
  return { blockNumber, timestamp }
}

/** A grant's state however it came to the ledger: by itself, or in a batch that is shown. Throws as `readBatchedGrantState`. */
export async function readProvenGrantState(ledger: Ledger, proven: ProvenGrant): Promise<GrantState> {
  const { batch, ...signed } = proven
  const id = grantIdOf(ledger.deployment, signed.grant)
  const state = await readGrantState(ledger, signed.grant.patient, id)
  if (!batch || state.grantedAt !== 0 || state.revokedAt !== 0) return state
  return (await unlessUnknown(readBatchedGrantState(ledger, signed, batch))) ?? state
}

/** Where an anchor came to the ledger, by itself or in a batch that is shown; null if it did not. Throws as `readBatchedAnchor`. */
export async function readProvenAnchor(ledger: Ledger, proven: ProvenAnchor): Promise<AnchorPlace | null> {
  const { batch, acceptance, ...signed } = proven
  const place = await readAnchor(ledger, anchorKeyOf(signed))
  if (place || !batch || !acceptance) return place
  return await unlessUnknown(readBatchedAnchor(ledger, { ...signed, acceptance }, batch))
}

const placeOfRootSchema = z.tuple([wholeNumberSchema, wholeNumberSchema])

/** The block of a posted root; null if nobody posted it. */
export async function readBatchBlock(
  ledger: Ledger,
  kind: 'grant' | 'anchor',
  root: Hex,
): Promise<number | null> {
  const answer = await reading(
    ledger.client.readContract({
      abi: batchesAbi,
      address: addressOf(ledger),
      functionName: kind === 'grant' ? 'grantBatchOf' : 'anchorBatchOf',
      args: [root],
    }),
  )
  const [blockNumber] = placeOfRootSchema.parse(answer)
  return blockNumber === 0 ? null : blockNumber
}

/** Null for a batch that has not come yet. */
async function unlessUnknown<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    // Of a proof that leads elsewhere the contract says `NotIncluded`, which is no waiting.
    if (error instanceof CarekeyError && error.data.error === 'UnknownBatch') return null
    throw error
  }
}

const addressOf = (ledger: Ledger): Address => laterContract(ledger.deployment, 'batches')

function tupleOf(signature: Hex): readonly [number, Hex, Hex] {
  const { v, r, s } = partsOf(signature)
  return [v, r, s]
}
