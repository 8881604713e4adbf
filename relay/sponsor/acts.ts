import { type Hex, hashTypedData } from 'viem'
import {
  type Call,
  encodeAccess,
  encodeAnchor,
  encodeGrant,
  encodeRevocation,
  sponsoredKindOf,
} from '../../shared/contracts/calls.ts'
import { anchorDigestOf } from '../../shared/protocol/anchor.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { grantIdOf } from '../../shared/protocol/grant.ts'
import type { OrganizationId } from '../../shared/protocol/ids.ts'
import type { SponsoredAct } from '../../shared/protocol/relay-api.ts'
import { type Deployment, typedData } from '../../shared/protocol/typed-data.ts'
import { type Ledger, requireAccredited } from '../ledger/ledger.ts'
import { requireVoucher } from '../pinning/quota.ts'

/** A signed act as the queue knows it. */
export interface Act {
  /** EIP-712 digest: the id under which the client asks. */
  digest: Hex
  /**
   * Whose act it is. A revocation's digest does not name the patient, so a stranger could bring one with the same digest first; together
   * with the subject it is unique.
   */
  subject: Hex
  kind: SponsoredAct['kind']
  /** From whose budget it is paid. */
  organization: OrganizationId
  call: Call
}

export function describeAct(deployment: Deployment, act: SponsoredAct): Act {
  const described = toAct(deployment, act)
  // The allowlist is checked on the very bytes that will be sent.
  if (sponsoredKindOf(deployment, described.call) !== act.kind) {
    throw new CarekeyError('forbidden', 'The sponsor does not pay for this kind of act.')
  }
  return described
}

function toAct(deployment: Deployment, act: SponsoredAct): Act {
  switch (act.kind) {
    case 'grant':
      return {
        kind: act.kind,
        digest: grantIdOf(deployment, act.grant),
        subject: act.grant.patient,
        organization: act.voucher.organization,
        call: encodeGrant(deployment, act),
      }
    case 'revocation': {
      const { patient, grant, deadline } = act.revocation
      return {
        kind: act.kind,
        digest: hashTypedData(typedData(deployment, 'Revocation', { grant, deadline: BigInt(deadline) })),
        subject: patient,
        organization: act.voucher.organization,
        call: encodeRevocation(deployment, act.revocation),
      }
    }
    case 'anchor':
      return {
        kind: act.kind,
        digest: anchorDigestOf(deployment, act.anchor.anchor),
        subject: act.anchor.anchor.subject,
        organization: act.anchor.author,
        call: encodeAnchor(deployment, act.anchor),
      }
    case 'access': {
      const { grant, accessHash, deadline } = act.access
      const message = { grant: grantIdOf(deployment, grant), accessHash, deadline: BigInt(deadline) }
      return {
        kind: act.kind,
        digest: hashTypedData(typedData(deployment, 'Access', message)),
        subject: grant.patient,
        organization: grant.grantee,
        call: encodeAccess(deployment, act.access),
      }
    }
  }
}

/**
 * Who vouches for an act: an organization's voucher for the pseudonym that signs, or, where an organization signs the act itself, that signature,
 * which the ledger checks in the trial. @throws CarekeyError
 */
export async function requireVouched(ledger: Ledger, act: SponsoredAct): Promise<void> {
  switch (act.kind) {
    case 'grant':
    case 'revocation': {
      const patient = act.kind === 'grant' ? act.grant.patient : act.revocation.patient
      if (act.voucher.patient !== patient) {
        throw new CarekeyError(
          'patient-mismatch',
          'The voucher is for another patient than the one who signed.',
        )
      }
      await requireVoucher(ledger, act.voucher)
      return
    }
    case 'anchor':
      await requireAccredited(ledger, act.anchor.author)
      return
    case 'access':
      await requireAccredited(ledger, act.access.grant.grantee)
  }
}
