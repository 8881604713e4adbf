import { toCodePages } from '../../../shared/protocol/code-pages.ts'
import { addressSchema, grantIdSchema, hash32Schema } from '../../../shared/protocol/ids.ts'
import type { CaredForView, CarerView } from '../../care-snapshots.ts'
import { clinic, day, hash, hospital, status, storyNow } from './sample.ts'
import { type Answers, app, type Story } from './story.ts'

const delegate = addressSchema.parse('0x5a1c7e90b2d84f36a0c9e1b7d3f5482960ab71cd')
const voucher = {
  organization: clinic.id,
  patient: delegate,
  deadline: storyNow,
  signature: `0x${'1c'.repeat(65)}`,
}
const invitation = JSON.stringify({
  carekey: 'care-invitation',
  chainId: 31337,
  nonce: hash(0x81),
  name: 'Elvina',
  patient: delegate,
  organization: clinic.id,
  role: 'decide',
  notAfter: storyNow + 30 * day,
  relay: 'https://relay.example',
  voucher,
})
const answer = JSON.stringify({ carekey: 'care-answer', chainId: 31337, nonce: hash(0x81), delegate })

const carer = (more: Partial<CarerView>): CarerView => ({
  nonce: hash32Schema.parse(hash(0x81)),
  carer: 'Otto Lemke',
  organization: clinic,
  role: 'decide',
  notAfter: storyNow + 30 * day,
  state: 'active',
  delegate,
  invitation: null,
  codes: [],
  ...more,
})
const invited = carer({ state: 'invited', delegate: null, invitation, codes: toCodePages(invitation) })
const ended = carer({
  nonce: hash32Schema.parse(hash(0x82)),
  carer: 'Neighbour Marta',
  organization: hospital,
  role: 'watch',
  state: 'ended',
})

const person = (more: Partial<CaredForView>): CaredForView => ({
  id: hash32Schema.parse(hash(0x83)),
  name: 'Elvina',
  organization: clinic,
  role: 'decide',
  notAfter: storyNow + 30 * day,
  state: 'active',
  delegate,
  answer,
  codes: toCodePages(answer),
  grants: [
    {
      grantId: grantIdSchema.parse(hash(0x84)),
      grantee: clinic,
      purpose: 'TREAT',
      notAfter: storyNow + 2 * day,
      ending: false,
    },
    {
      grantId: grantIdSchema.parse(hash(0x85)),
      grantee: hospital,
      purpose: 'HOPERAT',
      notAfter: storyNow + 6 * day,
      ending: true,
    },
  ],
  ...more,
})
const looking = person({ id: hash32Schema.parse(hash(0x86)), name: 'Marta', role: 'watch', grants: [] })

const carers = (list: CarerView[], more: Answers = {}): Answers => ({
  'status.get': { ...status, waiting: 0 },
  'emergency.alerts': { cases: [] },
  'care.carers': { available: true, carers: list, organizations: [clinic, hospital] },
  ...more,
})
const caring = (people: CaredForView[]): Answers => ({
  'status.get': { ...status, waiting: 0 },
  'emergency.alerts': { cases: [] },
  'care.caring': { people },
})

export const careStories: Story[] = [
  app('carers-none', '/carers', carers([])),
  app('carers-invite', '/carers', carers([]), {
    steps: [{ click: 'Invite a carer' }, { click: 'Decide', role: 'radio' }],
  }),
  app('carers-invited', '/carers', carers([invited]), { steps: [{ open: 'codes to scan' }] }),
  app('carers-check', '/carers', carers([invited], { 'care.readAnswer': { carer: invited, delegate } }), {
    steps: [{ fill: 'Your carer’s answer', text: answer }, { click: 'Continue' }],
  }),
  app('carers', '/carers', carers([carer({}), ended])),
  app('carers-end', '/carers', carers([carer({})]), { steps: [{ click: 'End now: Otto Lemke' }] }),
  app('caring-none', '/caring', caring([])),
  app('caring-waiting', '/caring', caring([person({ state: 'waiting', grants: [] })])),
  app('caring', '/caring', caring([person({}), looking])),
  app('caring-end', '/caring', caring([person({})]), {
    steps: [{ click: 'End sharing with Lindqvist Clinic' }],
  }),
]
