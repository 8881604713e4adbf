import type { RecordStanding } from '../../snapshots.ts'
import {
  bloodCount,
  chestScan,
  clinic,
  day,
  elm,
  grant,
  history,
  historySummary,
  hospital,
  labSummary,
  lipids,
  medicationList,
  oldLipids,
  record,
  records,
  statementOf,
  status,
  storyNow,
} from './sample.ts'
import { access, auditEntries, connect, deposit } from './sample-requests.ts'
import { type Answers, app, type Story } from './story.ts'
import { words } from './words.ts'

const ledgerGone = {
  refusal: {
    code: 4900,
    reason: 'ledger-unreachable',
    message: 'The ledger did not answer within 20 seconds.',
  },
} as const

const live = grant(0x51, {
  opened: [
    { at: storyNow - 1800, commitment: bloodCount.commitment, by: 'relay' },
    { at: storyNow - 1790, commitment: null, by: 'ledger' },
  ],
})
const checking = grant(0x55, {
  organization: elm,
  purpose: 'HOPERAT',
  notAfter: storyNow + 7 * day,
  reviewFor: hospital,
})
const wide = grant(0x56, { organization: hospital, records: [bloodCount, lipids, medicationList] })
const grants = [
  live,
  wide,
  checking,
  grant(0x52, {
    organization: hospital,
    status: 'revoking',
    records: [medicationList, lipids],
    notBefore: storyNow - 2 * day,
  }),
  grant(0x53, {
    status: 'revoked',
    records: [bloodCount, medicationList],
    notBefore: storyNow - 20 * day,
    notAfter: storyNow - 13 * day,
  }),
  grant(0x54, {
    status: 'expired',
    purpose: 'HPAYMT',
    notBefore: storyNow - 90 * day,
    notAfter: storyNow - 89 * day,
  }),
]
const standing = (more: Partial<RecordStanding>): RecordStanding => ({
  state: 'pending',
  tally: { approvals: 1, supporters: 3, quorum: 2, votingUntil: storyNow + 3 * day },
  votes: [
    { organization: clinic, choice: 'approve' },
    { organization: elm, choice: null },
  ],
  answer: 'granted',
  dispute: null,
  withdrawn: null,
  ...more,
})
const forked = record('Lipid panel', 'laboratory', '2026-03-04', { previous: oldLipids.commitment })

const full: Answers = {
  'status.get': status,
  'records.list': { records },
  'records.read': { statement: statementOf(bloodCount), summary: labSummary, issues: [] },
  'records.standing': standing({ state: 'unasked', tally: null, answer: 'none' }),
  'records.standings': {
    standings: [
      { commitment: bloodCount.commitment, state: 'pending' },
      { commitment: medicationList.commitment, state: 'confirmed' },
      { commitment: history.commitment, state: 'rejected' },
    ],
  },
  'grants.list': { grants },
  'audit.list': { entries: auditEntries },
  'requests.list': {
    requests: [
      access(),
      deposit({ state: 'failed', failure: { reason: 'relay-unreachable', retryable: true, message: 'x' } }),
      connect({ state: 'done' }),
      access({ id: `0x${'d4'.repeat(32)}`, state: 'declined' }),
    ],
  },
  'connections.list': { organizations: [hospital, clinic] },
  'inbox.check': { found: 0 },
  'vault.reveal': { words },
}
const empty: Answers = {
  ...full,
  'status.get': { ...status, waiting: 0 },
  'records.list': { records: [] },
  'grants.list': { grants: [] },
  'audit.list': { entries: [] },
  'requests.list': { requests: [] },
  'connections.list': { organizations: [] },
}

export const appStories: Story[] = [
  app('locked', '/records', { 'status.get': { ...status, vault: 'locked' } }),
  app('records', '/records', full),
  app('records-unchecked-words', '/records', {
    ...full,
    'status.get': { ...status, phraseConfirmed: false },
  }),
  app('records-by-category', '/records/categories', full),
  app('records-not-found', '/records', full, { steps: [{ fill: 'Search records', text: 'spleen' }] }),
  app('records-empty', '/records', empty),
  app('records-failing', '/records', {
    ...full,
    'records.list': {
      refusal: {
        code: -32603,
        reason: 'internal',
        message: 'Something went wrong inside Carekey. Try again.',
      },
    },
  }),
  app('records-loading', '/records', { ...full, 'records.list': 'no answer yet' }),
  app('record', `/record/${bloodCount.commitment}`, full, { steps: [{ open: 'Technical details' }] }),
  app('record-long', `/record/${history.commitment}`, {
    ...full,
    'records.read': {
      statement: statementOf(history),
      summary: historySummary,
      issues: ['3 of 412 entries have no date.'],
    },
  }),
  app('record-older-version', `/record/${records[2]?.commitment}`, full),
  app('record-checked', `/record/${bloodCount.commitment}`, { ...full, 'records.standing': standing({}) }),
  app('record-refused', `/record/${bloodCount.commitment}`, {
    ...full,
    'records.standing': standing({
      state: 'rejected',
      tally: { approvals: 1, supporters: 3, quorum: 2, votingUntil: storyNow - day },
      votes: [
        { organization: clinic, choice: 'approve' },
        { organization: elm, choice: 'wrong-patient' },
      ],
    }),
  }),
  app('record-objection', `/record/${bloodCount.commitment}`, full, { steps: [{ click: 'This is wrong' }] }),
  app('record-objected', `/record/${bloodCount.commitment}`, {
    ...full,
    'records.standing': standing({
      dispute: { reason: 'not-correct', status: 'upheld', words: 'My blood group is not A.' },
      withdrawn: 'stated',
    }),
  }),
  app('record-forked', `/record/${oldLipids.commitment}`, {
    ...full,
    'records.list': { records: [...records, forked] },
    'records.standing': ledgerGone,
  }),
  app('record-waiting', `/record/${chestScan.commitment}`, { ...full, 'records.read': 'no answer yet' }),
  app('record-export', `/record/${bloodCount.commitment}`, full, {
    steps: [{ click: 'Export this record' }],
  }),
  app('record-missing', '/record/0xab', full),
  app('sharing', '/sharing', full),
  app('sharing-empty', '/sharing', empty),
  app('grant', `/sharing/${live.grantId}`, full),
  app(
    'grant-revoke',
    `/sharing/${live.grantId}`,
    { ...full, 'grants.revoke': ledgerGone },
    { steps: [{ click: 'Stop sharing' }] },
  ),
  app(
    'grant-revoke-failed',
    `/sharing/${live.grantId}`,
    { ...full, 'grants.revoke': ledgerGone },
    { steps: [{ click: 'Stop sharing' }, { click: 'Stop sharing now' }] },
  ),
  app('grant-codes', `/sharing/${live.grantId}/codes`, {
    ...full,
    'grants.export': {
      json: '{}',
      filename: 'carekey-sharing.json',
      codes: [
        { kind: 'grant', pages: ['CAREKEY1/1', 'CAREKEY1/2', 'CAREKEY1/3'].map((page) => page.repeat(42)) },
        { kind: 'revocation', pages: ['CAREKEY1/4', 'CAREKEY1/5'].map((page) => page.repeat(42)) },
      ],
    },
  }),
  app('grant-change', `/sharing/${wide.grantId}/change`, full),
  app('grant-change-check', `/sharing/${wide.grantId}/change`, full, {
    steps: [
      { click: 'Lipid panel', role: 'checkbox' },
      { click: '30 days from now', role: 'radio' },
      { click: 'Continue' },
    ],
  }),
  app('grant-check', `/sharing/${checking.grantId}`, full),
  app('grant-ended', `/sharing/${grants[4]?.grantId}`, full),
  app('activity', '/activity', full),
  app('activity-empty', '/activity', empty),
  app('activity-failing', '/activity', { ...full, 'audit.list': ledgerGone }),
  app('requests', '/requests', full, { steps: [{ click: 'Check for messages' }] }),
  app('requests-empty', '/requests', empty),
  app('settings', '/settings', full),
  app('settings-unchecked-words', '/settings', {
    ...full,
    'status.get': { ...status, phraseConfirmed: false, backup: { state: 'failed', at: storyNow - day } },
    'connections.list': { organizations: [{ ...clinic, standing: 'expired' }] },
  }),
  app('settings-reveal', '/settings', full, { steps: [{ click: 'Show the 24 words' }] }),
  app('settings-remove', '/settings', full, { steps: [{ click: 'Remove Lindqvist Clinic' }] }),
]
