import type { AccessView, AuditEntry, ConnectView, DepositView } from '../../snapshots.ts'
import {
  bloodCount,
  clinic,
  day,
  elm,
  hash,
  history,
  historySummary,
  hospital,
  labSummary,
  lipids,
  medicationList,
  statementOf,
  storyNow,
  therapy,
} from './sample.ts'

const base = (seed: number) => ({
  id: hash(seed),
  state: 'ready' as const,
  via: 'page' as const,
  receivedAt: storyNow - 60 - seed,
  expiresAt: storyNow + 7 * day,
  signedBy: null,
  progress: null,
  failure: null,
})

export const access = (more: Partial<AccessView> = {}): AccessView => ({
  ...base(0xa1),
  kind: 'access',
  organization: clinic,
  purpose: 'TREAT',
  period: { start: '2021-11-20', end: '2026-11-20' },
  reason: 'To prepare your first visit: recent blood values and what you take now.',
  practitioner: 'Dr. Anna Lindqvist, internal medicine',
  durationSeconds: 7 * day,
  categories: [
    { category: 'laboratory', shielded: false, records: [bloodCount, lipids] },
    { category: 'medications', shielded: false, records: [medicationList] },
  ],
  ...more,
})

export const accessOneDay = access({
  durationSeconds: day,
  categories: [{ category: 'laboratory', shielded: false, records: [bloodCount] }],
})

export const accessShielded = access({
  categories: [
    { category: 'laboratory', shielded: false, records: [bloodCount] },
    { category: 'imaging', shielded: false, records: [] },
    { category: 'mental-health', shielded: true, records: [therapy] },
  ],
})

export const accessNothing = access({
  via: 'inbox',
  reason: 'Earlier pictures of your lungs, to compare.',
  categories: [{ category: 'imaging', shielded: false, records: [] }],
})

export const deposit = (more: Partial<DepositView> = {}): DepositView => ({
  ...base(0xb1),
  kind: 'deposit',
  organization: hospital,
  record: { statement: statementOf(bloodCount), summary: labSummary, issues: [] },
  review: null,
  ...more,
})

/** The author asks two others to check the record. */
export const depositToCheck = (more: Partial<DepositView> = {}): DepositView =>
  deposit({
    id: hash(0xb3),
    review: { supporters: [clinic, elm], votingUntil: storyNow + 7 * day, answer: null },
    ...more,
  })

export const depositWithIssues = deposit({
  id: hash(0xb2),
  record: {
    statement: statementOf(history),
    summary: historySummary,
    issues: [
      '3 of 412 entries have no date.',
      'One medication has a code that Carekey does not know.',
      'The document names no language.',
      'Two pictures were left out.',
    ],
  },
})

export const connect = (more: Partial<ConnectView> = {}): ConnectView => ({
  ...base(0xc1),
  kind: 'connect',
  organization: { ...clinic, connectedAt: null },
  ...more,
})

const entry = (
  id: string,
  minutesAgo: number,
  event: AuditEntry['event'],
  source: AuditEntry['source'],
  text: string,
  details: Record<string, string> = {},
): AuditEntry => ({
  id,
  at: storyNow - minutesAgo * 60,
  source,
  event,
  organization: event === 'vault-created' ? null : text.includes('St. Brigid') ? hospital : clinic,
  text,
  details,
})

export const auditEntries: AuditEntry[] = [
  entry('9', 4, 'refused', 'relay', 'Your relay refused Lindqvist Clinic: you had ended the sharing.', {
    Reason: 'grant-revoked',
  }),
  entry('8', 6, 'revoked', 'ledger', 'You stopped sharing with Lindqvist Clinic.', {
    Grant: hash(0x51),
    Block: '1204',
  }),
  entry(
    '7',
    25,
    'served',
    'relay',
    'Your relay gave Lindqvist Clinic the sealed file of “Complete blood count”.',
    { Bytes: '53248' },
  ),
  entry('6', 26, 'accessed', 'ledger', 'Lindqvist Clinic opened what you shared.', { Block: '1199' }),
  entry(
    '5',
    40,
    'access-narrowed',
    'here',
    'You shared records with Lindqvist Clinic, less than they asked for.',
  ),
  entry(
    '4',
    45,
    'access-requested',
    'here',
    'Lindqvist Clinic asked to see laboratory results and medications.',
  ),
  entry(
    '3',
    1500,
    'anchored',
    'ledger',
    'St. Brigid Hospital’s “Complete blood count” was written on the ledger.',
    { Commitment: hash(0x33) },
  ),
  entry(
    '2',
    1502,
    'deposit-accepted',
    'here',
    'You accepted “Complete blood count” from St. Brigid Hospital.',
  ),
  entry('1', 1600, 'vault-created', 'here', 'You created your Carekey.'),
]
