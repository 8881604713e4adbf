import { concat, keccak256 } from 'viem'
import { z } from 'zod'
import { voucherSchema } from './connection.ts'
import { delegateRoleSchema } from './delegation.ts'
import {
  addressSchema,
  hash32Schema,
  organizationIdSchema,
  originSchema,
  pseudonymSchema,
  unixSecondsSchema,
} from './ids.ts'

// What patient and carer hand each other, with no server between (protocol, section 6.5).

/** From the patient: for one pseudonym, what the carer may do there and until when. Nothing is signed yet. */
export const careInvitationSchema = z.strictObject({
  carekey: z.literal('care-invitation'),
  chainId: z.int().positive(),
  nonce: hash32Schema,
  /** Who asks for care, in their own words */
  name: z.string().trim().min(1).max(80),
  patient: pseudonymSchema,
  organization: organizationIdSchema,
  role: delegateRoleSchema,
  notAfter: unixSecondsSchema,
  relay: originSchema,
  /** By it the relay's sponsor pays for what the carer ends */
  voucher: voucherSchema,
})
export type CareInvitation = z.infer<typeof careInvitationSchema>

/** From the carer: the address that was made for this invitation and for no other. */
export const careAnswerSchema = z.strictObject({
  carekey: z.literal('care-answer'),
  chainId: z.int().positive(),
  nonce: hash32Schema,
  delegate: addressSchema,
})
export type CareAnswer = z.infer<typeof careAnswerSchema>

/**
 * What the carer's key is derived from. The pseudonym is in it: two patients who chose one nonce, by malice, get two
 * addresses all the same.
 */
export const careIndexOf = ({ nonce, patient }: Pick<CareInvitation, 'nonce' | 'patient'>) =>
  hash32Schema.parse(keccak256(concat([nonce, patient])))
