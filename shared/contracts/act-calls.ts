import { type Hex, hashTypedData, keccak256 } from 'viem'
import { anchorDigestOf } from '../protocol/anchor.ts'
import { depositTypedData, namingTypedData, voteTypedData } from '../protocol/attestation.ts'
import { candidacyTypedData } from '../protocol/credit.ts'
import { delegationIdOf, delegationRevocationTypedData } from '../protocol/delegation.ts'
import { disputeTypedData, tombstoneTypedData } from '../protocol/dispute.ts'
import { emergencyCaseIdOf, policyTypedData, vetoTypedData } from '../protocol/emergency.ts'
import { grantIdOf } from '../protocol/grant.ts'
import type { SponsoredAct } from '../protocol/relay-api.ts'
import { publicationTypedData } from '../protocol/statistics.ts'
import { type Deployment, typedData } from '../protocol/typed-data.ts'
import { encodeNameSupporters, encodeOpenDeposit, encodeVote } from './attestations.ts'
import {
  type Call,
  encodeAccess,
  encodeAnchor,
  encodeGrant,
  encodeReplacement,
  encodeRevocation,
} from './calls.ts'
import { encodePlacedClaim } from './credits.ts'
import {
  encodeDelegatedGrant,
  encodeDelegatedRevocation,
  encodeDelegation,
  encodeDelegationRevocation,
} from './delegations.ts'
import { encodeDispute, encodeTombstone } from './disputes.ts'
import { encodeEmergencyOpening, encodeEmergencyPolicy, encodeEmergencyVeto } from './emergency.ts'
import { encodePublication } from './statistics.ts'
import { encodeCandidacy } from './validators.ts'

/** A signed act as a transaction that anyone may send, and the EIP-712 digest that is its id at a sponsor. */
export function encodeAct(deployment: Deployment, act: SponsoredAct): { digest: Hex; call: Call } {
  switch (act.kind) {
    case 'grant':
      return { digest: grantIdOf(deployment, act.grant), call: encodeGrant(deployment, act) }
    case 'revocation': {
      const { grant, deadline } = act.revocation
      const message = { grant, deadline: BigInt(deadline) }
      return {
        digest: hashTypedData(typedData(deployment, 'Revocation', message)),
        call: encodeRevocation(deployment, act.revocation),
      }
    }
    case 'anchor':
      return {
        digest: anchorDigestOf(deployment, act.anchor.anchor),
        call: encodeAnchor(deployment, act.anchor),
      }
    case 'access': {
      const { grant, accessHash, deadline } = act.access
      const message = { grant: grantIdOf(deployment, grant), accessHash, deadline: BigInt(deadline) }
      return {
        digest: hashTypedData(typedData(deployment, 'Access', message)),
        call: encodeAccess(deployment, act.access),
      }
    }
    case 'replacement':
      return { digest: grantIdOf(deployment, act.grant), call: encodeReplacement(deployment, act) }
    case 'delegation':
      return { digest: delegationIdOf(deployment, act.delegation), call: encodeDelegation(deployment, act) }
    case 'delegation-revocation':
      return {
        digest: hashTypedData(delegationRevocationTypedData(deployment, act.revocation)),
        call: encodeDelegationRevocation(deployment, act.revocation),
      }
    case 'delegated-grant':
      return { digest: grantIdOf(deployment, act.grant), call: encodeDelegatedGrant(deployment, act) }
    case 'delegated-revocation': {
      const { grant, deadline } = act.revocation
      const message = { grant, deadline: BigInt(deadline) }
      return {
        digest: hashTypedData(typedData(deployment, 'Revocation', message)),
        call: encodeDelegatedRevocation(deployment, act.revocation),
      }
    }
    case 'dispute':
      return {
        digest: hashTypedData(disputeTypedData(deployment, act.dispute)),
        call: encodeDispute(deployment, act),
      }
    case 'tombstone':
      return {
        digest: hashTypedData(tombstoneTypedData(deployment, act.tombstone)),
        call: encodeTombstone(deployment, act.tombstone),
      }
    case 'statistics':
      return {
        digest: hashTypedData(publicationTypedData(deployment, act.publication)),
        call: encodePublication(deployment, act),
      }
    case 'candidacy':
      return {
        digest: hashTypedData(candidacyTypedData(deployment, act.candidacy)),
        call: encodeCandidacy(deployment, act),
      }
    case 'credit': {
      // No signature of its own: what it would write is what it is.
      const call = encodePlacedClaim(deployment, act.claimed, act.appraisals)
      return { digest: keccak256(call.data), call }
    }
    case 'naming':
      return {
        digest: hashTypedData(namingTypedData(deployment, act.naming)),
        call: encodeNameSupporters(deployment, act),
      }
    case 'deposit':
      return {
        digest: hashTypedData(depositTypedData(deployment, act.deposit)),
        call: encodeOpenDeposit(deployment, act),
      }
    case 'vote':
      return {
        digest: hashTypedData(voteTypedData(deployment, act.vote)),
        call: encodeVote(deployment, act, act.index),
      }
    case 'policy':
      return {
        digest: hashTypedData(policyTypedData(deployment, act.policy)),
        call: encodeEmergencyPolicy(deployment, act),
      }
    case 'opening':
      return {
        digest: emergencyCaseIdOf(deployment, act.opening),
        call: encodeEmergencyOpening(deployment, act, act.organizations),
      }
    case 'veto':
      return {
        digest: hashTypedData(vetoTypedData(deployment, act.veto.opening, act.veto.deadline)),
        call: encodeEmergencyVeto(deployment, act.veto),
      }
  }
}
