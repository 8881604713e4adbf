import type { ErrorReply } from '../../../shared/protocol/errors.ts'
import type { RequestView } from '../../snapshots.ts'
import { hospital, status, storyNow } from './sample.ts'
import {
  access,
  accessNothing,
  accessOneDay,
  accessShielded,
  connect,
  deposit,
  depositToCheck,
  depositWithIssues,
} from './sample-requests.ts'
import type { Answers, Story } from './story.ts'

const answers = (...requests: RequestView[]): Answers => ({
  'status.get': status,
  'requests.list': { requests },
})
const refusal: ErrorReply = {
  code: 4900,
  reason: 'ledger-unreachable',
  message: 'The ledger did not answer within 20 seconds.',
}
const asked = depositToCheck().review
const checked = asked && { ...asked, answer: 'granted' as const }
const other = deposit({ receivedAt: storyNow })

const approval = (id: string, given: Answers, more: Partial<Story> = {}): Story => ({
  id: `approval-${id}`,
  screen: 'approval',
  answers: given,
  ...more,
})

export const approvalStories: Story[] = [
  approval('access', answers(access()), { fits: true }),
  approval('access-one-day', answers(accessOneDay), { fits: true }),
  approval('access-narrowed', answers(access()), {
    fits: true,
    steps: [
      { click: '1 medication record', role: 'checkbox' },
      { click: '1 day', role: 'radio' },
    ],
  }),
  approval('access-records', answers(access()), {
    steps: [{ click: 'Show laboratory results' }, { click: 'Lipid panel', role: 'checkbox' }],
  }),
  approval('access-shielded', answers(accessShielded), { fits: true }),
  approval('access-none-ticked', answers(accessOneDay), {
    steps: [{ click: '1 laboratory report', role: 'checkbox' }],
  }),
  approval('access-no-match', answers(accessNothing), { fits: true }),
  approval('access-by-message', answers(access({ via: 'inbox' })), { fits: true }),
  approval(
    'access-many',
    answers(
      access({
        categories: (
          ['problems', 'medications', 'allergies', 'laboratory', 'imaging', 'procedures'] as const
        ).map((category) => ({
          category,
          shielded: false,
          records: access().categories.flatMap(({ records }) => records),
        })),
      }),
    ),
  ),
  approval('deposit', answers(deposit()), { fits: false }),
  approval('deposit-check', answers(depositToCheck()), { fits: true }),
  approval('deposit-check-yes', answers(depositToCheck()), {
    fits: true,
    steps: [{ click: 'Yes, until', role: 'radio' }],
  }),
  approval('done-deposit-check', answers(depositToCheck({ state: 'done', review: checked })), {
    search: `request=${depositToCheck().id}`,
    fits: true,
  }),
  approval('deposit-issues', answers(depositWithIssues)),
  approval('connect', answers(connect()), { fits: true }),
  approval(
    'refused-answer',
    { ...answers(connect()), 'requests.decide': { refusal } },
    { steps: [{ click: 'Decline' }] },
  ),
  approval('locked', { 'status.get': { ...status, vault: 'locked' } }, { fits: true }),
  approval(
    'unlocking',
    { 'status.get': { ...status, vault: 'locked' }, 'vault.unlock': 'no answer yet' },
    {
      steps: [{ fill: 'Passphrase', text: 'two big red cats' }, { click: 'Unlock' }],
    },
  ),
  approval(
    'wrong-passphrase',
    {
      'status.get': { ...status, vault: 'locked' },
      'vault.unlock': {
        refusal: {
          code: 4100,
          reason: 'forbidden',
          message: 'This is not the passphrase of this Carekey. Try again.',
        },
      },
    },
    { steps: [{ fill: 'Passphrase', text: 'two big red cats' }, { click: 'Unlock' }] },
  ),
  approval('no-vault', { 'status.get': { ...status, vault: 'none' } }, { fits: true }),
  approval(
    'checking',
    answers(
      deposit({
        state: 'checking',
        record: null,
        progress: { label: 'Fetching the sealed record from the relay…', done: 0.4 },
      }),
    ),
    { fits: true },
  ),
  approval(
    'working',
    answers(
      access({ state: 'working', progress: { label: 'Writing your consent to the ledger…', done: 0.6 } }),
    ),
    { fits: true },
  ),
  approval('done-access', answers(access({ state: 'done' }), other), {
    search: `request=${access().id}`,
    fits: true,
  }),
  approval('done-deposit', answers(deposit({ state: 'done' })), {
    search: `request=${deposit().id}`,
    fits: true,
  }),
  approval('done-connect', answers(connect({ state: 'done', organization: hospital })), {
    search: `request=${connect().id}`,
    fits: true,
  }),
  approval('declined', answers(access({ state: 'declined' })), {
    search: `request=${access().id}`,
    fits: true,
  }),
  approval(
    'failed',
    answers(
      deposit({
        state: 'failed',
        failure: {
          reason: 'relay-unreachable',
          retryable: true,
          message:
            'The relay did not answer. The record was not saved; nothing else changed. Try again when you are online.',
        },
      }),
    ),
    { search: `request=${deposit().id}`, fits: true },
  ),
  approval('expired', answers(access({ state: 'expired' })), {
    search: `request=${access().id}`,
    fits: true,
  }),
  approval('cancelled', answers(access({ state: 'cancelled' })), {
    search: `request=${access().id}`,
    fits: true,
  }),
  approval('nothing', answers(), { fits: true }),
]
