import type { Hex } from 'viem'
import { encodeAct } from '../../shared/contracts/act-calls.ts'
import type { Call } from '../../shared/contracts/calls.ts'
import { sponsoredKindOf } from '../../shared/contracts/sponsored.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { NO_HASH, type OrganizationId } from '../../shared/protocol/ids.ts'
import type { SponsoredAct } from '../../shared/protocol/relay-api.ts'
import type { Deployment } from '../../shared/protocol/typed-data.ts'
import type { BatchKind } from './batch-item.ts'

/** A signed act as the queue knows it. */
export interface Act {
  /** EIP-712 digest: the id under which the client asks. */
  digest: Hex
  /**
   * Whose act it is: a pseudonym, an organization, a practitioner. A revocation's digest does not name the patient, so a stranger could bring
   * one with the same digest first; together with the subject it is unique.
   */
  subject: Hex
  /** `…-batch`: the sponsor's own, a root over many. */
  kind: SponsoredAct['kind'] | `${BatchKind}-batch`
  /** From whose budget it is paid; `NO_HASH`: from the one that is everybody's. */
  organization: OrganizationId | typeof NO_HASH
  call: Call
}

export function describeAct(deployment: Deployment, act: SponsoredAct): Act {
  const { digest, call } = encodeAct(deployment, act)
  // The allowlist is checked on the very bytes that will be sent.
  if (sponsoredKindOf(deployment, call) !== act.kind) {
    throw new CarekeyError('forbidden', 'The sponsor does not pay for this kind of act.')
  }
  return { kind: act.kind, digest, call, ...signerOf(act) }
}

function signerOf(act: SponsoredAct): Pick<Act, 'subject' | 'organization'> {
  switch (act.kind) {
    case 'grant':
    case 'replacement':
    case 'delegated-grant':
      return { subject: act.grant.patient, organization: act.voucher.organization }
    case 'revocation':
    case 'delegation-revocation':
    case 'delegated-revocation':
      return { subject: act.revocation.patient, organization: act.voucher.organization }
    case 'policy':
      return { subject: act.policy.patient, organization: act.voucher.organization }
    case 'delegation':
      return { subject: act.delegation.patient, organization: act.voucher.organization }
    case 'dispute':
      return { subject: act.dispute.subject, organization: act.voucher.organization }
    case 'tombstone':
      return { subject: act.tombstone.subject, organization: act.voucher.organization }
    case 'anchor':
      return { subject: act.anchor.anchor.subject, organization: act.anchor.author }
    case 'access':
      return { subject: act.access.grant.patient, organization: act.access.grant.grantee }
    case 'naming':
      return alone(act.naming.author)
    case 'deposit':
      // Not the patient's: they sign nothing here, and what an author opens must not use up their day.
      return alone(act.deposit.author)
    case 'statistics':
      return alone(act.publication.organization)
    case 'credit':
      return alone(act.claimed.author)
    case 'candidacy':
      return alone(act.candidacy.organization)
    case 'vote':
      return alone(act.vote.voter)
    case 'opening':
      return { subject: act.opening.practitioner, organization: act.organization }
    case 'veto':
      return { subject: act.veto.by, organization: act.voucher?.organization ?? NO_HASH }
  }
}

const alone = (organization: OrganizationId) => ({ subject: organization, organization })
