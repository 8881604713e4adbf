import type { Voucher } from '../../shared/protocol/connection.ts'
import { type EmergencyPolicy, policyTypedData } from '../../shared/protocol/emergency.ts'
import { holdersHashOf } from '../../shared/protocol/emergency-shares.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { hash32Schema } from '../../shared/protocol/ids.ts'
import { limits } from './limits.ts'
import type { StoredEmergency, World } from './ports.ts'
import { guardianTree } from './prepare.ts'

/** Signed once, so that what was stored is what gets submitted. */
export async function signPolicy(
  world: World,
  stored: StoredEmergency,
  { allowed, round }: { allowed: boolean; round: number },
): Promise<StoredEmergency> {
  const { wish, directory } = stored
  const { timestamp } = await world.ledger.head()
  const policy: EmergencyPolicy = {
    patient: directory.patient,
    allowed,
    waitSeconds: wish.waitSeconds,
    windowSeconds: wish.windowSeconds,
    threshold: wish.threshold,
    holders: wish.holders.length,
    organizations: wish.organizations,
    guardians: guardianTree(stored.guardians)?.root ?? null,
    holdersHash: hash32Schema.parse(holdersHashOf(directory)),
    round,
    deadline: Math.max(world.now(), timestamp) + limits.policySeconds,
  }
  const signature = await world.vault.signAsEmergency(policyTypedData(world.network, policy))
  return { ...stored, round, policy: { policy, signature } }
}

/** True once the ledger has it. Throws the ledger's refusal. */
export async function submitPolicy(world: World, stored: StoredEmergency): Promise<boolean> {
  const { policy: signed, relay } = stored
  if (!signed) return false
  const { policy, signature } = signed
  const isThere = async () => {
    const terms = await world.ledger.terms(policy.patient)
    return terms !== null && terms.round === policy.round && terms.allowed === policy.allowed
  }
  const act = { kind: 'policy' as const, policy, signature, voucher: voucherOf(stored) }
  return (await world.submit(relay, act, isThere)).status === 'mined'
}

export function voucherOf({ holders }: StoredEmergency): Voucher {
  const voucher = holders.find((holder) => holder.voucher !== null)?.voucher
  if (!voucher) throw new CarekeyError('voucher-required', 'No hospital has vouched for your card yet.')
  return voucher
}
