import { grantRefusal } from '../../shared/contracts/grants.ts'
import { accreditationRefusal } from '../../shared/contracts/organizations.ts'
import { practitionerRefusal } from '../../shared/contracts/practitioners.ts'
import { CarekeyError, type Reason } from '../../shared/protocol/errors.ts'
import type { CidText, GrantId } from '../../shared/protocol/ids.ts'
import { limits } from '../../shared/protocol/limits.ts'
import {
  type RetrievalAnswer,
  type RetrievalProof,
  retrievalTypedData,
} from '../../shared/protocol/sign-in.ts'
import { signerOf } from '../../shared/protocol/signature.ts'
import type { World } from './ports.ts'

/** Whether a peer may have a CID from our own node (protocol, section 9). Fails closed, with the reason. */
export async function authorize(
  world: World,
  proof: RetrievalProof,
  ownPeer: string | null,
): Promise<RetrievalAnswer> {
  try {
    const refusal = await refusalOf(world, proof, ownPeer)
    return refusal === null ? { ok: true } : { ok: false, reason: refusal }
  } catch (error) {
    return { ok: false, reason: error instanceof CarekeyError ? error.reason : 'internal' }
  }
}

async function refusalOf(
  world: World,
  proof: RetrievalProof,
  ownPeer: string | null,
): Promise<Reason | null> {
  if (world.vault.state() !== 'unlocked') return 'vault-locked'
  if (proof.peer !== ownPeer) return 'signature-wrong'
  const stored = await world.tables.grants.get(proof.grant)
  if (!stored) return 'grant-unknown'
  const { grant } = stored.signed
  const chain = await world.ledger.time()
  const latest = Math.max(chain, world.now())
  // By our own clock: the node's fresh nonce is what stops a replay, and the chain's clock may stand far away.
  if (proof.deadline + limits.clockSkewSeconds < world.now()) return 'deadline-passed'
  if (proof.deadline > world.now() + limits.signInMaxSeconds + limits.clockSkewSeconds)
    return 'deadline-too-far'
  const grantee = await world.ledger.organization(grant.grantee)
  const standing = accreditationRefusal(grantee, chain)
  if (standing !== null || grantee === null) return standing ?? 'organization-unknown'
  if ((await signerOf(retrievalTypedData(world.network, proof), proof.signature)) !== grantee.signer) {
    return 'grant-not-yours'
  }
  if (stored.practitioner) {
    const asker = await world.ledger.practitioner(stored.practitioner)
    const suspended = practitionerRefusal(asker, grantee.id, chain)
    if (suspended !== null) return suspended
  }
  if (stored.status === 'revoking' || stored.status === 'revoked') return 'grant-revoked'
  // The patient was told that it came to nothing, whatever the ledger has taken since.
  if (stored.status === 'failed') return 'grant-unknown'
  const state = await world.ledger.provenGrant(stored.signed)
  // The later clock: an idle chain's stands still, and a grant must not outlive its time for that.
  const refusal = grantRefusal(state, latest)
  if (refusal !== null) return refusal
  return (await opens(world, stored.grantId, proof.cid)) ? null : 'grant-scope'
}

async function opens({ tables }: World, grantId: GrantId, cid: CidText): Promise<boolean> {
  const stored = await tables.grants.get(grantId)
  if (!stored) return false
  if (stored.manifest === cid) return true
  for (const commitment of stored.commitments) {
    if ((await tables.records.get(commitment))?.cid === cid) return true
  }
  return false
}

/** Logged by our own node after it served. */
export async function logServed(
  world: World,
  served: { grant: GrantId; cid: CidText; bytes: number },
): Promise<void> {
  if (world.vault.state() !== 'unlocked') return
  const stored = await world.tables.grants.get(served.grant)
  if (!stored) return
  const { grantee } = stored.signed.grant
  const { name } = await world.registry.view(grantee)
  const records = await world.tables.records.all()
  const record = records.find((one) => one.cid === served.cid)
  const what = record ? `“${record.statement.title}”` : 'the list of records'
  await world.log.append({
    event: 'served',
    organization: grantee,
    text: `${name} fetched ${what} from this browser.`,
    details: {
      grant: served.grant,
      cid: served.cid,
      bytes: String(served.bytes),
      ...(record ? { commitment: record.commitment } : {}),
    },
  })
  world.changed()
}
