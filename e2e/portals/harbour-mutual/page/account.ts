export interface Money {
  minor: number
  currency: string
}

export interface Claim {
  commitment: string
  title: string
  hospital: string
  date: string
  anchoredAt: number
  bill: {
    number?: string
    lines: { label: string; amount?: Money }[]
    total?: Money
    insurerPart?: Money
    due?: Money
    settled: boolean
  }
  trust: {
    standing: 'confirmed' | 'pending' | 'rejected' | 'unknown'
    checkedBy: number
    disputed: boolean
  }
}

export interface Account {
  member: { id: string; name: string; birthDate: string; number: string }
  connected: boolean
  requests: {
    id: string
    askedAt: number
    state: 'waiting' | 'approved' | 'narrowed' | 'declined' | 'expired' | 'cancelled' | 'failed'
    until: number | null
    granted: boolean
    note: string
  }[]
  claims: Claim[]
  unreadable: number
  totals: { billed: Money[]; ours: Money[]; due: Money[] }
  care: number
}

/** Whole minor units in the reader's words; dividing only for the eye, after all sums are done. */
export function amountOf({ minor, currency }: Money): string {
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency })
  return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2))
}

export const amountsOf = (amounts: readonly Money[]): string =>
  amounts.length === 0 ? '–' : amounts.map(amountOf).join(' and ')

/** How far a hospital's record is to be trusted. */
export function trustInWords({ standing, checkedBy, disputed }: Claim['trust']): string {
  if (disputed) return 'Disputed by the member: pay nothing yet'
  if (standing === 'confirmed' && checkedBy > 0)
    return `Confirmed by ${checkedBy} other hospitals and the member`
  return {
    confirmed: 'Confirmed by the member',
    pending: 'Not confirmed yet',
    rejected: 'Not confirmed: those who checked it said no',
    unknown: 'The public ledger cannot be asked now',
  }[standing]
}

export const stateTexts = {
  waiting: 'Waiting for an answer',
  approved: 'Allowed',
  narrowed: 'Allowed in part',
  declined: 'Declined',
  expired: 'Not answered in time',
  cancelled: 'Taken back',
  failed: 'Could not be asked',
} as const
