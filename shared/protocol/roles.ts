import { z } from 'zod'
import type { Purpose } from './purposes.ts'

/** In the order of `IPractitioners.Role`; the ledger's 0 is none. */
export const roles = ['physician', 'nurse', 'pharmacist', 'emergency', 'administration'] as const
export const roleSchema = z.enum(roles)
export type Role = z.infer<typeof roleSchema>

/** What a role may ask for, sign and open (protocol, section 6.2). */
export const roleBounds = {
  physician: {
    purposes: ['TREAT', 'ETREAT', 'HRESCH', 'HOPERAT', 'PATRQT'],
    signs: 'clinical',
    opensEmergency: false,
  },
  nurse: { purposes: ['TREAT', 'ETREAT', 'PATRQT'], signs: 'clinical', opensEmergency: false },
  pharmacist: { purposes: ['TREAT', 'PATRQT'], signs: 'clinical', opensEmergency: false },
  emergency: { purposes: ['TREAT', 'ETREAT'], signs: 'clinical', opensEmergency: true },
  administration: { purposes: ['HPAYMT', 'HOPERAT', 'PATRQT'], signs: 'billing', opensEmergency: false },
} as const satisfies Record<
  Role,
  { purposes: readonly Purpose[]; signs: 'clinical' | 'billing'; opensEmergency: boolean }
>

export const mayRequest = (role: Role, purpose: Purpose): boolean =>
  (roleBounds[role].purposes as readonly Purpose[]).includes(purpose)

/** Bills are signed by administration, everything else by those who treat. */
export const maySign = (role: Role, category: string): boolean =>
  (roleBounds[role].signs === 'billing') === (category === 'billing')
