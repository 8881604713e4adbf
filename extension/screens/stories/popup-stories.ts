import type { Status } from '../../snapshots.ts'
import { clinic, records, status } from './sample.ts'
import { access, deposit } from './sample-requests.ts'
import type { Answers, Story } from './story.ts'

const site = {
  origin: clinic.origin,
  organization: { ...clinic, connectedAt: null },
  invited: false,
  blockedUntil: null,
}
const open: Answers = {
  'status.get': status,
  'site.get': site,
  'requests.list': { requests: [access(), deposit()] },
  'records.list': { records },
}
const withStatus = (more: Partial<Status>): Answers => ({ ...open, 'status.get': { ...status, ...more } })
const popup = (id: string, answers: Answers, more: Partial<Story> = {}): Story => ({
  id: `popup-${id}`,
  screen: 'popup',
  answers,
  ...more,
})

export const popupStories: Story[] = [
  popup('none', withStatus({ vault: 'none' })),
  popup('locked', withStatus({ vault: 'locked' })),
  popup('site-to-invite', open),
  popup('site-invited', { ...open, 'site.get': { ...site, organization: clinic, invited: true } }),
  popup('site-ignored', {
    ...open,
    'site.get': {
      ...site,
      organization: clinic,
      invited: true,
      blockedUntil: Math.floor(Date.now() / 1_000) + 60,
    },
  }),
  popup('site-suspended', {
    ...open,
    'site.get': { ...site, organization: { ...clinic, standing: 'suspended' } },
  }),
  popup('site-unknown', {
    ...open,
    'site.get': { origin: 'https://news.example', organization: null, invited: false, blockedUntil: null },
  }),
  popup('empty', {
    ...withStatus({ waiting: 0, relay: { ...status.relay, state: 'unreachable', node: 'off' } }),
    'site.get': { origin: null, organization: null, invited: false, blockedUntil: null },
    'requests.list': { requests: [] },
    'records.list': { records: [] },
  }),
  popup('failing', {
    ...open,
    'site.get': {
      refusal: { code: 4900, reason: 'ledger-unreachable', message: 'The public register did not answer.' },
    },
  }),
  { id: 'sidepanel', screen: 'sidepanel', answers: open },
]
