import type { Voucher } from '../../shared/protocol/connection.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { OrganizationId, PractitionerId, Pseudonym } from '../../shared/protocol/ids.ts'
import type { SponsoredAct } from '../../shared/protocol/relay-api.ts'
import { type Ledger, requireAccredited } from '../ledger/ledger.ts'
import { requireVoucher } from '../pinning/quota.ts'

/**
 * Who vouches for an act: an organization's voucher for the pseudonym that signs, or, where an organization or its practitioner signs the act
 * itself, that signature, which the ledger checks in the trial. @throws CarekeyError
 */
export async function requireVouched(ledger: Ledger, act: SponsoredAct): Promise<void> {
  switch (act.kind) {
    case 'grant':
    case 'replacement':
    case 'delegated-grant':
      return requireVoucherFor(ledger, act.voucher, act.grant.patient)
    case 'revocation':
    case 'delegation-revocation':
    case 'delegated-revocation':
      return requireVoucherFor(ledger, act.voucher, act.revocation.patient)
    case 'delegation':
      return requireVoucherFor(ledger, act.voucher, act.delegation.patient)
    case 'dispute':
      return requireVoucherFor(ledger, act.voucher, act.dispute.subject)
    case 'tombstone':
      return requireVoucherFor(ledger, act.voucher, act.tombstone.subject)
    case 'policy':
      return requireVoucherFor(ledger, act.voucher, act.policy.patient)
    case 'veto':
      // Without one the trial speaks for it: an accredited practitioner has opened the case, and one veto ends it.
      if (act.voucher) await requireVoucherFor(ledger, act.voucher, act.veto.by)
      return
    case 'opening':
      return requirePractitionerOf(ledger, act.opening.practitioner, act.organization)
    case 'anchor':
      await requireAccredited(ledger, act.anchor.author)
      return
    case 'access':
      await requireAccredited(ledger, act.access.grant.grantee)
      return
    case 'naming':
      await requireAccredited(ledger, act.naming.author)
      return
    case 'deposit':
      await requireAccredited(ledger, act.deposit.author)
      return
    case 'statistics':
      await requireAccredited(ledger, act.publication.organization)
      return
    case 'credit':
      // The trial speaks for the rest: what is not confirmed, or was claimed before, is refused there.
      await requireAccredited(ledger, act.claimed.author)
      return
    case 'candidacy':
      await requireAccredited(ledger, act.candidacy.organization)
      return
    case 'vote':
      await requireAccredited(ledger, act.vote.voter)
  }
}

async function requireVoucherFor(ledger: Ledger, voucher: Voucher, signer: Pseudonym): Promise<void> {
  if (voucher.patient !== signer) {
    throw new CarekeyError('patient-mismatch', 'The voucher is for another patient than the one who signed.')
  }
  await requireVoucher(ledger, voucher)
}

async function requirePractitionerOf(
  ledger: Ledger,
  id: PractitionerId,
  organization: OrganizationId,
): Promise<void> {
  const [practitioner] = await Promise.all([ledger.practitioner(id), requireAccredited(ledger, organization)])
  if (practitioner === null) {
    throw new CarekeyError('practitioner-unknown', 'No practitioner has this identifier.')
  }
  if (practitioner.organization !== organization) {
    throw new CarekeyError('forbidden', 'The practitioner belongs to another organization.')
  }
}
