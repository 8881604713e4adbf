import { status } from './sample.ts'
import { type Answers, app, type Story } from './story.ts'
import { words } from './words.ts'

const fresh: Answers = { 'status.get': { ...status, vault: 'none', phraseConfirmed: false, waiting: 0 } }
const passphrase = (text: string) => [
  { fill: 'New passphrase', text },
  { fill: 'The same passphrase again', text },
]

export const onboardingStories: Story[] = [
  app('welcome', '/welcome', fresh),
  app('passphrase-fault', '/welcome', fresh, {
    steps: [{ click: 'Create your Carekey' }, ...passphrase('short'), { click: 'Continue' }],
  }),
  app(
    'creating',
    '/welcome',
    { ...fresh, 'vault.create': 'no answer yet' },
    {
      steps: [
        { click: 'Create your Carekey' },
        ...passphrase('two big red cats sleep'),
        { click: 'Continue' },
      ],
    },
  ),
  app(
    'words',
    '/welcome',
    { ...fresh, 'vault.create': { words } },
    {
      steps: [
        { click: 'Create your Carekey' },
        ...passphrase('two big red cats sleep'),
        { click: 'Continue' },
      ],
    },
  ),
  app('check', '/welcome', { 'status.get': { ...status, phraseConfirmed: false } }),
  app(
    'check-faults',
    '/welcome',
    { 'status.get': { ...status, phraseConfirmed: false } },
    { steps: [{ click: 'Check the words' }] },
  ),
  app(
    'check-wrong',
    '/welcome',
    { 'status.get': { ...status, phraseConfirmed: false }, 'vault.confirmPhrase': { confirmed: false } },
    { steps: [{ fillAll: 'Word', text: 'zebra' }, { click: 'Check the words' }] },
  ),
  app('check-done', '/welcome', { 'status.get': status }),
  app('restore', '/restore', fresh),
  app('restore-faults', '/restore', fresh, {
    steps: [{ fill: 'Word 1', text: 'abandon' }, { click: 'Continue' }],
  }),
  app('restore-passphrase', '/restore', fresh, {
    steps: [{ fillAll: 'Word', text: 'abandon' }, { click: 'Continue' }],
  }),
  app(
    'restore-failed',
    '/restore',
    {
      ...fresh,
      'vault.restore': {
        refusal: {
          code: -32602,
          reason: 'params-invalid',
          message: 'These 24 words do not belong together. Compare each one with your sheet.',
        },
      },
    },
    {
      steps: [
        { fillAll: 'Word', text: 'abandon' },
        { click: 'Continue' },
        ...passphrase('two big red cats sleep'),
        { click: 'Restore everything' },
      ],
    },
  ),
  app(
    'restore-done',
    '/restore',
    { ...fresh, 'vault.restore': { records: 12, missingFromBackup: 1 } },
    {
      steps: [
        { fillAll: 'Word', text: 'abandon' },
        { click: 'Continue' },
        ...passphrase('two big red cats sleep'),
        { click: 'Restore everything' },
      ],
    },
  ),
  app('restore-not-needed', '/restore', { 'status.get': status }),
]
