import { type AnchorPlace, readAnchor } from '../../contracts/anchors.ts'
import { grantRefusal, readGrantState } from '../../contracts/grants.ts'
import { openLedger, readHead } from '../../contracts/ledger.ts'
import { accreditationRefusal, readOrganization, readStandingAt } from '../../contracts/organizations.ts'
import { CarekeyError } from '../../protocol/errors.ts'
import type { Commitment, GrantId, OrganizationId, Pseudonym } from '../../protocol/ids.ts'
import type { Network } from '../../protocol/network.ts'
import { unixNow } from './options.ts'

/** What the portal's server reads of the ledger. Every method throws CarekeyError `ledger-unreachable`. */
export interface Ledger {
  /** The later of the chain's clock and our own: an idle chain's stands still, a chain may run ahead. */
  now(): Promise<number>
  /** Where a commitment was anchored; undefined if nowhere, or too recently to be final. */
  anchorOf(commitment: Commitment): Promise<AnchorPlace | undefined>
  /** Who signed for an author, and was accredited, when a record came to the ledger; else throws why not. */
  signerAt(author: OrganizationId, place: AnchorPlace): Promise<`0x${string}`>
  nameOf(organization: OrganizationId): Promise<string>
  /** Undefined while the grant is active, else why it is not. */
  grantRefusal(patient: Pseudonym, grant: GrantId): Promise<CarekeyError | undefined>
}

export function ledgerClient(network: Network): Ledger {
  const ledger = openLedger(network)
  const now = async () => Math.max((await readHead(ledger)).timestamp, unixNow())

  return {
    now,
    async anchorOf(commitment) {
      const place = await readAnchor(ledger, commitment)
      if (!place) return undefined
      if (network.confirmations === 0) return place
      const head = await readHead(ledger)
      return head.blockNumber >= place.blockNumber + network.confirmations ? place : undefined
    },
    async signerAt(author, place) {
      const standing = await readStandingAt(ledger, author, place.blockNumber)
      const refusal = accreditationRefusal(standing, place.timestamp)
      if (refusal)
        throw new CarekeyError(refusal, 'A record’s author was not accredited when it was written.')
      // Null is refused as `organization-unknown`.
      return standing?.signer ?? '0x'
    },
    async nameOf(id) {
      const organization = await readOrganization(ledger, id)
      if (organization) return organization.name
      throw new CarekeyError('organization-unknown', 'This organization is not in the register.')
    },
    async grantRefusal(patient, grant) {
      const [state, seconds] = await Promise.all([readGrantState(ledger, patient, grant), now()])
      const reason = grantRefusal(state, seconds)
      return reason ? new CarekeyError(reason, texts[reason]) : undefined
    },
  }
}

const texts = {
  'grant-revoked': 'The patient has taken this permission back.',
  'grant-unknown': 'This permission is not on the ledger.',
  'grant-expired': 'This permission has run out. Ask the patient again.',
  'grant-not-started': 'This permission has not begun yet.',
} as const
