// What officers do on the ledger: each form is checked before its call is made. Faults are sentences for the page.

import { randomBytes } from 'node:crypto'
import { toHex } from 'viem'
import type { z } from 'zod'
import { encodeApproveSupport, encodeWithdrawSupport } from '../../shared/contracts/attestations.ts'
import {
  encodeRegister,
  encodeReinstate,
  encodeSuspend,
  encodeUpdate,
} from '../../shared/contracts/authority.ts'
import type { Call } from '../../shared/contracts/calls.ts'
import { encodeResolveDispute } from '../../shared/contracts/disputes.ts'
import { encodeEmergencyReview } from '../../shared/contracts/emergency.ts'
import { hashFindings } from '../../shared/contracts/findings.ts'
import { type Ledger, readHead } from '../../shared/contracts/ledger.ts'
import { organizationIdOf, readOrganization } from '../../shared/contracts/organizations.ts'
import {
  encodeRegisterPractitioner,
  encodeReinstatePractitioner,
  encodeSuspendPractitioner,
  practitionerIdOf,
} from '../../shared/contracts/practitioners.ts'
import type { OrganizationId } from '../../shared/protocol/ids.ts'
import { Refused } from '../portals/kit/web.ts'
import {
  answerForm,
  keysForm,
  organizationForm,
  organizationRefForm,
  pairForm,
  practitionerForm,
  practitionerRefForm,
  reviewForm,
} from './forms.ts'

/** A call that is ready to be signed. */
export interface Act {
  call: Call
  /** Kept in the authority's own files once the call is in a block. */
  file?: { subject: string; text: string; salt: string }
}

type Maker = (ledger: Ledger, form: unknown) => Promise<Act>

const organizationActs = {
  register: async (ledger, form) => {
    const { identifier, validUntil, ...statement } = checked(organizationForm, form)
    const { timestamp: validFrom } = await readHead(ledger)
    if (validUntil <= validFrom) throw new Refused(400, 'Enter a last day that is still to come.')
    const call = encodeRegister(ledger.deployment, organizationIdOf(identifier), {
      ...statement,
      validFrom,
      validUntil,
    })
    return { call }
  },
  'rotate-key': async (ledger, form) => {
    const { id, ...keys } = checked(keysForm, form)
    const { id: _id, suspended: _suspended, ...current } = await known(ledger, id)
    return { call: encodeUpdate(ledger.deployment, id, { ...current, ...keys }) }
  },
  suspend: async ({ deployment }, form) => ({
    call: encodeSuspend(deployment, checked(organizationRefForm, form).id),
  }),
  reinstate: async ({ deployment }, form) => ({
    call: encodeReinstate(deployment, checked(organizationRefForm, form).id),
  }),
  'approve-support': async ({ deployment }, form) => {
    const { author, supporter } = checked(pairForm, form)
    return { call: encodeApproveSupport(deployment, author, supporter) }
  },
  'withdraw-support': async ({ deployment }, form) => {
    const { author, supporter } = checked(pairForm, form)
    return { call: encodeWithdrawSupport(deployment, author, supporter) }
  },
} satisfies Record<string, Maker>

const peopleActs = {
  'register-practitioner': async (ledger, form) => {
    const { identifier, organization, ...statement } = checked(practitionerForm, form)
    const { timestamp: validFrom } = await readHead(ledger)
    if (statement.validUntil <= validFrom) throw new Refused(400, 'Enter a last day that is still to come.')
    const call = encodeRegisterPractitioner(ledger.deployment, practitionerIdOf(identifier), organization, {
      ...statement,
      validFrom,
    })
    return { call }
  },
  'suspend-practitioner': async ({ deployment }, form) => ({
    call: encodeSuspendPractitioner(deployment, checked(practitionerRefForm, form).id),
  }),
  'reinstate-practitioner': async ({ deployment }, form) => ({
    call: encodeReinstatePractitioner(deployment, checked(practitionerRefForm, form).id),
  }),
  /** Only a salted hash of the findings goes to the ledger; text and salt stay with the authority. */
  'review-emergency': async ({ deployment }, form) => {
    const { patient, id, verdict, findings } = checked(reviewForm, form)
    const salt = toHex(randomBytes(32))
    const call = encodeEmergencyReview(deployment, patient, id, {
      justified: verdict === 'justified',
      findingsHash: hashFindings(findings, salt),
    })
    return { call, file: { subject: id, text: findings, salt } }
  },
  'resolve-dispute': async ({ deployment }, form) => {
    const { subject, commitment, answer, findings } = checked(answerForm, form)
    const salt = toHex(randomBytes(32))
    const call = encodeResolveDispute(deployment, {
      subject,
      commitment,
      upheld: answer === 'upheld',
      findingsHash: hashFindings(findings, salt),
    })
    return { call, file: { subject: `${commitment} ${subject}`, text: findings, salt } }
  },
} satisfies Record<string, Maker>

export const acts: Record<string, Maker> = { ...organizationActs, ...peopleActs }

/** Throws all that is wrong with a form, a sentence a line. */
function checked<S extends z.ZodType>(schema: S, form: unknown): z.output<S> {
  const parsed = schema.safeParse(form)
  if (parsed.success) return parsed.data
  throw new Refused(400, [...new Set(parsed.error.issues.map(({ message }) => message))].join('\n'))
}

async function known(ledger: Ledger, id: OrganizationId) {
  const found = await readOrganization(ledger, id)
  if (!found) throw new Refused(404, 'No organization is registered under this number.')
  return found
}
