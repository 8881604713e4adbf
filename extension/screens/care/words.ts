import type { DelegateRole } from '../../../shared/protocol/delegation.ts'
import type { Purpose } from '../../../shared/protocol/purposes.ts'
import type { CaredForView, CarerView } from '../../care-snapshots.ts'

/** What a role lets a carer do here. Granting needs the keys of the records, which never leave the patient's vault. */
export const roleInWords: Record<DelegateRole, { name: string; note: string }> = {
  watch: { name: 'Watch', note: 'Sees who may open your records there, and until when. Changes nothing.' },
  'revoke-only': { name: 'End sharing', note: 'Sees it, and can end what you share.' },
  decide: {
    name: 'Decide',
    note: 'Sees it, can end what you share, and the ledger takes consents that they sign for you.',
  },
}

export const carerStates: Record<CarerView['state'], { text: string; tone: 'neutral' | 'good' | 'caution' }> =
  {
    invited: { text: 'Invited', tone: 'neutral' },
    submitting: { text: 'On its way', tone: 'caution' },
    active: { text: 'In force', tone: 'good' },
    over: { text: 'Time is over', tone: 'neutral' },
    ending: { text: 'Being ended', tone: 'caution' },
    ended: { text: 'Ended', tone: 'neutral' },
  }

export const caredForStates: Record<
  CaredForView['state'],
  { text: string; tone: 'neutral' | 'good' | 'caution' }
> = {
  waiting: { text: 'Waits for their signature', tone: 'caution' },
  active: { text: 'In force', tone: 'good' },
  over: { text: 'Time is over', tone: 'neutral' },
  ended: { text: 'They ended it', tone: 'neutral' },
}

/** As `shared/protocol/purposes.ts`, told to a carer about somebody else. */
export const purposesForCarer: Record<Purpose, string> = {
  TREAT: 'To treat them',
  ETREAT: 'To treat them in an emergency',
  HPAYMT: 'To bill their care',
  HRESCH: 'For health research',
  HOPERAT: 'To run its care, such as checking quality',
  PATRQT: 'Because they asked for it',
}

/** The end of an address, in groups: 80 bits, so that no other address is made to end alike. */
export const comparedCode = (address: string): string =>
  (address.slice(-20).match(/.{4}/g) ?? []).join(' ').toUpperCase()
