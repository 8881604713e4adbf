import { readProvenGrantState } from '../../shared/contracts/batches.ts'
import {
  type EmergencyCase,
  type EmergencyTerms,
  mayReleaseEmergencyShare,
  readEmergencyCase,
  readEmergencyTerms,
} from '../../shared/contracts/emergency.ts'
import { type GrantState, readGrantState } from '../../shared/contracts/grants.ts'
import { isExpectedChain, openLedger, reading } from '../../shared/contracts/ledger.ts'
import {
  accreditationRefusal,
  type Organization,
  readOrganization,
  readOrganizationOfSigner,
} from '../../shared/contracts/organizations.ts'
import { type Practitioner, readPractitioner } from '../../shared/contracts/practitioners.ts'
import {
  type EmergencyCaseId,
  type EmergencyOpening,
  emergencyCaseIdOf,
} from '../../shared/protocol/emergency.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { ProvenGrant } from '../../shared/protocol/grant.ts'
import type { GrantId, OrganizationId, PractitionerId, Pseudonym } from '../../shared/protocol/ids.ts'
import type { Network } from '../../shared/protocol/network.ts'
import type { Deployment } from '../../shared/protocol/typed-data.ts'
import { type Clock, secondsOf } from '../clock.ts'
import { relayLimits } from '../limits.ts'

/** What the relay asks of the ledger. Every answer is as of the newest block; every call may throw `ledger-unreachable`. */
export interface Ledger {
  readonly deployment: Deployment
  /** Later of the chain's time and our own: an idle chain's clock stands still, a chain ahead of us is right. Unix seconds. */
  now(): Promise<number>
  /** The newest block's number. */
  height(): Promise<number>
  organization(id: OrganizationId): Promise<Organization | null>
  organizationOfSigner(account: `0x${string}`): Promise<Organization | null>
  practitioner(id: PractitionerId): Promise<Practitioner | null>
  consent(patient: Pseudonym, grant: GrantId): Promise<GrantState>
  /** Of a grant with its proof; null where the ledger refuses the proof. */
  provenConsent(proven: ProvenGrant): Promise<GrantState | null>
  emergencyTerms(patient: Pseudonym): Promise<EmergencyTerms | null>
  emergencyCase(patient: Pseudonym, id: EmergencyCaseId): Promise<EmergencyCase | null>
  mayRelease(opening: EmergencyOpening): Promise<boolean>
}

/**
 * Reads through any EVM node. The head is asked for every time; answers are kept while the head's hash stays the same, so what a block
 * changes counts from that block on, and a reorganized chain is read anew.
 */
export class CachedLedger implements Ledger {
  readonly deployment: Deployment
  readonly #ledger: ReturnType<typeof openLedger>
  readonly #clock: Clock
  #chainChecked = false
  #headHash = ''
  readonly #answers = new Map<string, Promise<unknown>>()

  constructor(network: Network, clock: Clock, signal?: AbortSignal) {
    this.#ledger = openLedger(network, signal)
    this.deployment = this.#ledger.deployment
    this.#clock = clock
  }

  async now(): Promise<number> {
    const { timestamp } = await this.#head()
    return Math.max(Number(timestamp), secondsOf(this.#clock))
  }

  async height(): Promise<number> {
    return Number((await this.#head()).number)
  }

  async #head(): Promise<{ number: bigint; timestamp: bigint }> {
    await this.#checkChain()
    const block = await reading(this.#ledger.client.getBlock({ blockTag: 'latest' }))
    if (block.hash !== this.#headHash || this.#answers.size > relayLimits.ledgerAnswersCached) {
      this.#answers.clear()
      this.#headHash = block.hash
    }
    return block
  }

  organization(id: OrganizationId): Promise<Organization | null> {
    return this.#answer(`organization ${id}`, () => readOrganization(this.#ledger, id))
  }

  organizationOfSigner(account: `0x${string}`): Promise<Organization | null> {
    return this.#answer(`signer ${account}`, () => readOrganizationOfSigner(this.#ledger, account))
  }

  practitioner(id: PractitionerId): Promise<Practitioner | null> {
    // Without such a contract nobody is registered.
    if (!this.deployment.contracts.practitioners) return Promise.resolve(null)
    return this.#answer(`practitioner ${id}`, () => readPractitioner(this.#ledger, id))
  }

  consent(patient: Pseudonym, grant: GrantId): Promise<GrantState> {
    return this.#answer(`consent ${patient} ${grant}`, () => readGrantState(this.#ledger, patient, grant))
  }

  emergencyTerms(patient: Pseudonym): Promise<EmergencyTerms | null> {
    return this.#answer(`terms ${patient}`, () => readEmergencyTerms(this.#ledger, patient))
  }

  emergencyCase(patient: Pseudonym, id: EmergencyCaseId): Promise<EmergencyCase | null> {
    return this.#answer(`case ${patient} ${id}`, () => readEmergencyCase(this.#ledger, patient, id))
  }

  mayRelease(opening: EmergencyOpening): Promise<boolean> {
    const id = emergencyCaseIdOf(this.deployment, opening)
    return this.#answer(`release ${id}`, () => mayReleaseEmergencyShare(this.#ledger, opening))
  }

  async provenConsent(proven: ProvenGrant): Promise<GrantState | null> {
    try {
      return await this.#answer(`proven ${JSON.stringify(proven)}`, () =>
        readProvenGrantState(this.#ledger, proven),
      )
    } catch (error) {
      if (error instanceof CarekeyError && error.reason !== 'ledger-unreachable') return null
      throw error
    }
  }

  async #checkChain(): Promise<void> {
    if (this.#chainChecked) return
    if (!(await isExpectedChain(this.#ledger))) {
      throw new CarekeyError(
        'ledger-unreachable',
        'The relay is connected to another ledger than the one it is set up for.',
      )
    }
    this.#chainChecked = true
  }

  async #answer<T>(question: string, ask: () => Promise<T>): Promise<T> {
    await this.now()
    const answers = this.#answers
    const key = `${this.#headHash} ${question}`
    // Only `ask` of the same question fills this key, so a kept answer has its type.
    const known = answers.get(key) as Promise<T> | undefined
    if (known) return known
    const answer = ask()
    answers.set(key, answer)
    answer.catch(() => answers.delete(key))
    return answer
  }
}

/** @throws CarekeyError `organization-unknown`, `organization-suspended`, `organization-expired` */
export async function requireAccredited(ledger: Ledger, id: OrganizationId): Promise<Organization> {
  return assertAccredited(...(await Promise.all([ledger.organization(id), ledger.now()])))
}

/** The accredited organization for which an account signs. @throws CarekeyError as `requireAccredited` */
export async function requireOrganization(ledger: Ledger, account: `0x${string}`): Promise<Organization> {
  return assertAccredited(...(await Promise.all([ledger.organizationOfSigner(account), ledger.now()])))
}

function assertAccredited(organization: Organization | null, now: number): Organization {
  const refused = accreditationRefusal(organization, now)
  if (refused) throw new CarekeyError(refused, organizationTexts[refused])
  // `accreditationRefusal` refuses null as unknown.
  return organization as Organization
}

const organizationTexts = {
  'organization-unknown': 'Only an accredited organization may do this.',
  'organization-suspended': 'The organization is suspended.',
  'organization-expired': 'The organization is outside the time for which it is accredited.',
} as const
