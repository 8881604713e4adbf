import type { Counts } from '../counts.ts'
import { Bars, dayOf } from './parts.tsx'

const categoryWords: Record<string, string> = {
  problems: 'Problems',
  medications: 'Medicines',
  allergies: 'Allergies',
  immunizations: 'Vaccinations',
  laboratory: 'Laboratory reports',
  imaging: 'Imaging',
  procedures: 'Procedures',
  documents: 'Letters',
  vitals: 'Vital signs',
  billing: 'Bills',
}
const sexWords = {
  female: 'Women and girls',
  male: 'Men and boys',
  other: 'Other',
  unknown: 'Not stated',
} as const
const lastBand = 9

const ageWords = (band: number) => (band === lastBand ? '90 and more' : `${band * 10} to ${band * 10 + 9}`)

/** What hospitals published of their work: sums alone, and no count under ten. */
export function Statistics({ counts }: { counts: Counts }) {
  if (counts.publications === 0) {
    return (
      <>
        <h2>Published counts</h2>
        <p class="inset">No organization has published counts yet.</p>
      </>
    )
  }
  return (
    <>
      <h2>Published counts</h2>
      <p>
        Organizations sign and publish how many records and diagnoses they made, by kind, age and sex, for
        periods of at least four weeks. Counts under ten are left out, so that nobody can be picked out.
      </p>
      <Bars
        caption="Records by kind"
        what="Kind"
        unit="Records"
        rows={counts.byCategory
          .toSorted((a, b) => b.records - a.records)
          .map(({ key, records }) => ({ key, name: categoryWords[key] ?? 'Other', value: records }))}
      />
      <Bars
        caption="Diagnoses by age"
        what="Age in years"
        unit="Diagnoses"
        rows={counts.byAge.map(({ key, diagnoses }) => ({
          key: String(key),
          name: ageWords(key),
          value: diagnoses,
        }))}
      />
      <Bars
        caption="Diagnoses by sex"
        what="Sex"
        unit="Diagnoses"
        rows={counts.bySex.map(({ key, diagnoses }) => ({ key, name: sexWords[key], value: diagnoses }))}
      />
      <Bars
        caption="Records by period"
        what="Beginning of the period"
        unit="Records"
        rows={counts.byPeriod.map(({ key, records }) => ({
          key: String(key),
          name: `From ${dayOf(key)}`,
          value: records,
        }))}
      />
    </>
  )
}
