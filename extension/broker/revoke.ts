import { CarekeyError } from '../../shared/protocol/errors.ts'
import { grantIdOf, type Revocation } from '../../shared/protocol/grant.ts'
import type { GrantId } from '../../shared/protocol/ids.ts'
import { typedData } from '../../shared/protocol/typed-data.ts'
import { ownerToken } from './accounts.ts'
import { exportActs } from './export.ts'
import { changeGrant, pseudonymOf } from './grants.ts'
import { limits } from './limits.ts'
import type { StoredGrant, World } from './ports.ts'
import { isPassing, submitAct } from './sponsor.ts'

/**
 * Ends a sharing (protocol, section 5.4): signed once, stored, then submitted. Returns as soon as the signature
 * is stored and the relay was told; the ledger's answer is awaited by `finishRevocations`.
 */
export async function revoke(world: World, grantId: GrantId): Promise<StoredGrant> {
  const revoking = await world.inGrantTurn(grantId, () => signRevocation(world, grantId))
  await revokeNext(world, revoking)
  return revoking.status === 'revoked' ? revoking : await submitRevocation(world, revoking)
}

/** What was to take its place ends too, wherever it is on its way. */
async function revokeNext(world: World, { replacement }: StoredGrant): Promise<void> {
  const next = replacement && grantIdOf(world.network, replacement.grant)
  if (next && (await world.tables.grants.get(next))?.status === 'submitting') await revoke(world, next)
}

async function signRevocation(world: World, grantId: GrantId): Promise<StoredGrant> {
  const stored = await find(world, grantId)
  if (stored.status === 'revoked') return stored
  if (stored.status !== 'revoking') {
    const { name } = await world.registry.view(stored.signed.grant.grantee)
    await world.log.append({
      event: 'revocation-requested',
      organization: stored.signed.grant.grantee,
      text: stored.review
        ? `You stopped letting ${name} check a record.`
        : `You stopped sharing with ${name}.`,
      details: { grant: grantId },
    })
  }
  const revocation = await revocationOf(world, stored)
  const revoking: StoredGrant = { ...stored, revocation, status: 'revoking' }
  await world.tables.grants.put(grantId, revoking)
  world.changed()
  return revoking
}

/** The signed revocation, made at most once, so that what was exported is what gets submitted. */
export async function revocationOf(world: World, stored: StoredGrant): Promise<Revocation> {
  const { patient } = stored.signed.grant
  const latest = Math.max(world.now(), await world.ledger.time().catch(() => 0))
  if (stored.revocation && stored.revocation.deadline > latest) return stored.revocation
  const deadline = latest + limits.revocationSeconds
  const data = typedData(world.network, 'Revocation', { grant: stored.grantId, deadline: BigInt(deadline) })
  return {
    patient,
    grant: stored.grantId,
    deadline,
    signature: await world.vault.signAs(pseudonymOf(stored), data),
  }
}

async function submitRevocation(world: World, stored: StoredGrant): Promise<StoredGrant> {
  const { grantId, relay, revocation, voucher } = stored
  if (!revocation) return stored
  const { patient, grantee } = stored.signed.grant
  const connection = await world.tables.connections.get(grantee)
  // The relay stops serving at once; the ledger follows in a moment.
  await ownerToken(world, relay)
    .then((token) => world.relay(relay).deleteGrant(token, grantId))
    .catch(() => undefined)
  const isThere = async () => (await world.ledger.grantState(patient, grantId)).revokedAt !== 0
  const act = { kind: 'revocation' as const, revocation, voucher }
  let status: 'mined' | 'waiting'
  try {
    status = (await submitAct(world, relay, act, isThere)).status
  } catch (error) {
    if (!isPassing(error)) throw error
    status = 'waiting'
  }
  // Of a review its page knows nothing, and must not learn from this that the patient is one whose record it checks.
  if (connection && !stored.review) world.pages.emit(connection.origin, 'grantsChanged')
  if (status === 'waiting') return stored
  const revoked = await changeGrant(world, grantId, (now) => ({ ...now, status: 'revoked' }))
  world.changed()
  world.backUp()
  return revoked ?? stored
}

/** Revocations that had not reached the ledger. */
export async function finishRevocations(world: World): Promise<void> {
  for (const stored of await world.tables.grants.all()) {
    if (stored.status === 'revoking') await submitRevocation(world, stored).catch(() => undefined)
  }
}

type ExportedGrant = ReturnType<typeof exportActs> & { filename: string }

/** The signed grant and a signed revocation, which anyone may submit to the ledger without us. */
export async function exportGrant(world: World, grantId: GrantId): Promise<ExportedGrant> {
  const { signed, revocation } = await world.inGrantTurn(grantId, async () => {
    const stored = await find(world, grantId)
    const revocation = await revocationOf(world, stored)
    // Stored, yet not asked for: it ends nothing until somebody submits it.
    const exported = { ...stored, revocation }
    await world.tables.grants.put(grantId, exported)
    return exported
  })
  // Nothing of the scope: whoever is handed the file learns who may read and where to submit, and not what.
  const acts = [
    { kind: 'grant' as const, ...signed },
    { kind: 'revocation' as const, revocation },
  ]
  return { ...exportActs(world.network, acts), filename: `carekey-sharing-${grantId.slice(2, 10)}.json` }
}

async function find({ tables }: World, grantId: GrantId): Promise<StoredGrant> {
  const stored = await tables.grants.get(grantId)
  if (!stored) throw new CarekeyError('grant-unknown', 'This sharing is no longer there.')
  return stored
}
