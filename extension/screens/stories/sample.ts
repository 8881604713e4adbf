import type { Category } from '../../../shared/protocol/categories.ts'
import {
  cidSchema,
  commitmentSchema,
  grantIdSchema,
  organizationIdSchema,
} from '../../../shared/protocol/ids.ts'
import { type Statement, statementSchema } from '../../../shared/protocol/statement.ts'
import type { GrantView, OrganizationView, RecordView, Status, Summary } from '../../snapshots.ts'

/** When the stories happen: Friday, 20 November 2026, 14:00 in Stockholm. */
export const storyNow = Date.parse('2026-11-20T14:00:00+01:00') / 1000
const hour = 3600
export const day = 24 * hour

export const hash = (seed: number): `0x${string}` => `0x${seed.toString(16).padStart(2, '0').repeat(32)}`
const commitment = (seed: number) => commitmentSchema.parse(hash(seed))

export const clinic: OrganizationView = {
  id: organizationIdSchema.parse(hash(1)),
  name: 'Lindqvist Clinic',
  origin: 'https://lindqvist.example',
  standing: 'accredited',
  validUntil: storyNow + 300 * day,
  connectedAt: storyNow - 2 * hour,
}

export const hospital: OrganizationView = {
  id: organizationIdSchema.parse(hash(2)),
  name: 'St. Brigid Hospital',
  origin: 'https://portal.stbrigid.example',
  standing: 'accredited',
  validUntil: storyNow + 300 * day,
  connectedAt: storyNow - 30 * day,
}

export const elm: OrganizationView = {
  id: organizationIdSchema.parse(hash(3)),
  name: 'Elm Road Surgery',
  origin: 'https://elmroad.example',
  standing: 'accredited',
  validUntil: storyNow + 300 * day,
  connectedAt: null,
}

let made = 16
export function record(
  title: string,
  category: Category,
  date: string,
  more: Partial<RecordView> = {},
): RecordView {
  made += 1
  return {
    commitment: commitment(made),
    title,
    category,
    period: { start: date, end: date },
    issuedAt: `${date}T10:00:00Z`,
    author: hospital,
    practitioner: 'Dr. Maeve Byrne',
    contentBytes: 48_200,
    status: 'saved',
    savedAt: storyNow - 3 * day,
    previous: null,
    cid: cidSchema.parse(`bafybei${'a2b3c4d5'.repeat(6)}abcd`),
    ...more,
  }
}

export const bloodCount = record('Complete blood count', 'laboratory', '2026-11-12')
export const lipids = record('Lipid panel', 'laboratory', '2026-03-03', { practitioner: null })
export const medicationList = record('Medication list', 'medications', '2026-11-12')
export const history = record('Whole history of Alva Nyström', 'documents', '2026-10-30', {
  period: { start: '1984-02-11', end: '2026-10-30' },
  contentBytes: 1_240_000,
})
export const chestScan = record(
  'CT of the chest with contrast, follow-up after pneumonia',
  'imaging',
  '2025-06-17',
  { status: 'waiting' },
)
export const flu = record('Influenza vaccination', 'immunizations', '2025-10-02', {
  author: clinic,
  status: 'saving',
  savedAt: null,
})
export const therapy = record('Notes of six sessions', 'mental-health', '2024-05-20')
export const oldLipids = record('Lipid panel', 'laboratory', '2026-03-02', { practitioner: null })
lipids.previous = oldLipids.commitment

export const records = [bloodCount, lipids, oldLipids, medicationList, history, chestScan, flu, therapy]

export const statementOf = (of: RecordView): Statement =>
  statementSchema.parse({
    version: 1,
    subject: `0x${'ab'.repeat(20)}`,
    author: of.author.id,
    practitioner: of.practitioner ?? undefined,
    title: of.title,
    category: of.category,
    mediaType: 'application/fhir+json',
    period: of.period,
    issuedAt: of.issuedAt,
    contentHash: hash(77),
    contentBytes: of.contentBytes,
    previous: of.previous,
    salt: hash(78),
  })

const monthly = (from: number, values: number[]) =>
  values.map((value, index) => ({
    date: `20${from + Math.floor(index / 4)}-${String((index % 4) * 3 + 1).padStart(2, '0')}-14`,
    value,
  }))

export const labSummary: Summary = {
  title: 'Complete blood count',
  patient: { name: 'Alva Nyström', birthDate: '1984-02-11', sex: 'female' },
  sections: [
    {
      heading: 'Results',
      rows: [
        { label: 'Haemoglobin', value: '112', unit: 'g/L', reference: '117 to 153', flag: 'low' },
        {
          label: 'White blood cells',
          value: '12.4',
          unit: '10⁹/L',
          reference: '3.5 to 8.8',
          flag: 'high',
          note: 'Repeat in two weeks',
        },
        { label: 'Platelets', value: '251', unit: '10⁹/L', reference: '165 to 387' },
        { label: 'Mean corpuscular volume', value: '88', unit: 'fL', reference: '82 to 98' },
        { label: 'Blood film', value: 'Some hypochromic cells', reference: 'No remarks', flag: 'abnormal' },
      ],
    },
  ],
  series: [
    { label: 'Haemoglobin', unit: 'g/L', points: monthly(24, [131, 128, 129, 124, 120, 121, 117, 115, 112]) },
    { label: 'Platelets', unit: '10⁹/L', points: monthly(25, [240, 262, 251]) },
  ],
}

export const historySummary: Summary = {
  title: 'Whole history',
  patient: { name: 'Alva Nyström', birthDate: '1984-02-11', sex: 'female' },
  sections: [
    {
      heading: 'Health problems',
      rows: [
        { label: 'Essential hypertension', value: 'active', date: '2019-04-02' },
        { label: 'Pneumonia', value: 'resolved', date: '2025-02-20', note: 'After influenza' },
      ],
    },
    {
      heading: 'Medications',
      rows: Array.from({ length: 30 }, (_, index) => ({
        label:
          [
            'Lisinopril 10 mg, one tablet in the morning',
            'Amoxicillin 500 mg',
            'Ibuprofen 400 mg when needed',
          ][index % 3] ?? '',
        value: index === 0 ? 'active' : 'stopped',
        date: `20${25 - Math.floor(index / 3)}-0${(index % 9) + 1}-11`,
      })),
    },
  ],
  series: [],
}

export const grant = (seed: number, more: Partial<GrantView>): GrantView => ({
  grantId: grantIdSchema.parse(hash(seed)),
  organization: clinic,
  purpose: 'TREAT',
  notBefore: storyNow - hour,
  notAfter: storyNow + 23 * hour,
  status: 'active',
  records: [bloodCount],
  opened: [],
  reviewFor: null,
  replacedBy: null,
  ...more,
})

export const status: Status = {
  vault: 'unlocked',
  phraseConfirmed: true,
  autoLockMinutes: 15,
  networkName: 'Carekey demo network',
  relay: {
    origin: 'https://relay.carekey.example',
    state: 'reachable',
    since: storyNow - hour,
    node: 'reachable',
  },
  backup: { state: 'saved', at: storyNow - 3 * hour },
  waiting: 2,
}
