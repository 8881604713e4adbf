import { emergencyCaseIdSchema } from '../../../shared/protocol/emergency.ts'
import { hash32Schema, pseudonymSchema } from '../../../shared/protocol/ids.ts'
import type { EmergencyCaseView, EmergencyView, EmergencyWish } from '../../emergency-snapshots.ts'
import { clinic, day, elm, hash, hospital, records, status, storyNow } from './sample.ts'
import { type Answers, app, type Story } from './story.ts'

const minute = 60
const handle = pseudonymSchema.parse('0x5a1c7e90b2d84f36a0c9e1b7d3f5482960ab71cd')

const wish: EmergencyWish = {
  content: {
    name: 'Elvina Lemke',
    birthDate: '1958-03-02',
    entries: [
      { section: 'allergies', text: 'Penicillin', note: 'Swelling of the throat' },
      { section: 'medications', text: 'Warfarin 3 mg', note: 'Once a day' },
      { section: 'problems', text: 'Atrial fibrillation', note: '' },
    ],
    contacts: [{ name: 'Otto Lemke', relation: 'Brother', phone: '+46 8 123 45 67' }],
  },
  organizations: [],
  waitSeconds: 15 * minute,
  windowSeconds: 240 * minute,
  threshold: 2,
  holders: [hospital.id, clinic.id, elm.id],
  guardians: [{ name: 'Otto Lemke', address: handle }],
}

const used = (more: Partial<EmergencyCaseView>): EmergencyCaseView => ({
  id: emergencyCaseIdSchema.parse(hash(0x71)),
  of: null,
  organization: clinic,
  practitioner: hash32Schema.parse(hash(0x72)),
  reason: 'cannot-consent',
  state: 'waiting',
  openedAt: storyNow - 5 * minute,
  releaseFrom: storyNow + 10 * minute,
  closesAt: storyNow + 250 * minute,
  vetoedAt: null,
  vetoing: false,
  fetchedAt: [],
  review: null,
  ...more,
})
const closed = used({
  id: emergencyCaseIdSchema.parse(hash(0x73)),
  state: 'closed',
  openedAt: storyNow - 9 * day,
  releaseFrom: storyNow - 9 * day + 15 * minute,
  closesAt: storyNow - 9 * day + 255 * minute,
  fetchedAt: [storyNow - 9 * day + 20 * minute],
  review: { at: storyNow - 6 * day, justified: true },
})

const none: EmergencyView = {
  handle,
  card: `carekey-emergency:31337/${handle}`,
  state: 'none',
  since: null,
  wish: null,
  next: null,
  organizations: [hospital, clinic, elm],
  cases: [],
  guardian: { address: handle, guarded: [] },
}
const inForce: EmergencyView = { ...none, state: 'in-force', since: storyNow - 20 * day, wish }

const answers = (view: EmergencyView): Answers => ({
  'status.get': { ...status, waiting: 0 },
  'records.list': { records },
  'emergency.get': view,
  'emergency.alerts': { cases: view.cases.filter(({ state }) => state === 'waiting' || state === 'open') },
  'emergency.suggest': {
    name: 'Elvina Lemke',
    birthDate: '1958-03-02',
    entries: [
      ...wish.content.entries,
      { section: 'allergies', text: 'Bee venom', note: 'Rash, 2019' },
      { section: 'medications', text: 'Metoprolol 50 mg', note: 'Twice a day' },
    ],
  },
})

export const emergencyStories: Story[] = [
  app('emergency-none', '/emergency', answers(none)),
  app('emergency-form', '/emergency/prepare', answers(none)),
  app('emergency-form-problems', '/emergency/prepare', answers(none), {
    steps: [{ click: 'Put it in force' }],
  }),
  app('emergency-form-changed', '/emergency/prepare', answers(inForce), {
    steps: [{ click: 'Add a guardian' }],
  }),
  app(
    'emergency-on-its-way',
    '/emergency',
    answers({
      ...none,
      next: {
        wish,
        stating: false,
        failure: 'The relay does not answer.',
        holders: [
          { organization: hospital, held: true },
          { organization: clinic, held: false },
          { organization: elm, held: false },
        ],
      },
    }),
  ),
  app('emergency-in-force', '/emergency', answers({ ...inForce, cases: [closed] })),
  app('emergency-used', '/emergency', answers({ ...inForce, cases: [used({})] })),
  app('emergency-stop', '/emergency', answers({ ...inForce, cases: [used({})] }), {
    steps: [{ click: 'Stop this' }],
  }),
  app(
    'emergency-stopped',
    '/emergency',
    answers({ ...inForce, cases: [used({ state: 'vetoed', vetoedAt: storyNow, vetoing: true }), closed] }),
  ),
  app(
    'emergency-guarded',
    '/emergency',
    answers({
      ...none,
      cases: [used({ of: 'Otto Lemke', state: 'open', releaseFrom: storyNow - minute })],
      guardian: { address: handle, guarded: ['Otto Lemke'] },
    }),
  ),
  app('emergency-alert', '/records', answers({ ...inForce, cases: [used({})] })),
  app('emergency-card', '/emergency/card', answers(inForce)),
]
