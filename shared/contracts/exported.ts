import type { ExportedAct } from '../protocol/exported.ts'
import type { Deployment } from '../protocol/typed-data.ts'
import { type Call, encodeGrant, encodeReplacement, encodeRevocation } from './calls.ts'
import {
  encodeDelegatedGrant,
  encodeDelegatedRevocation,
  encodeDelegation,
  encodeDelegationRevocation,
} from './delegations.ts'
import { encodeDispute, encodeTombstone } from './disputes.ts'

/** An exported act as the transaction that anyone may send. */
export function encodeExported(deployment: Deployment, act: ExportedAct): Call {
  switch (act.kind) {
    case 'grant':
      return encodeGrant(deployment, act)
    case 'revocation':
      return encodeRevocation(deployment, act.revocation)
    case 'replacement':
      return encodeReplacement(deployment, act)
    case 'dispute':
      return encodeDispute(deployment, act)
    case 'tombstone':
      return encodeTombstone(deployment, act.tombstone)
    case 'delegation':
      return encodeDelegation(deployment, act)
    case 'delegation-revocation':
      return encodeDelegationRevocation(deployment, act.revocation)
    case 'delegated-grant':
      return encodeDelegatedGrant(deployment, act)
    case 'delegated-revocation':
      return encodeDelegatedRevocation(deployment, act.revocation)
  }
}
