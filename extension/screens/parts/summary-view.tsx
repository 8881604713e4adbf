import { ArrowDown, ArrowUp, type IconNode, TriangleAlert } from 'lucide'
import { useState } from 'preact/hooks'
import type { Summary } from '../../snapshots.ts'
import { Button } from '../components/button.tsx'
import { Icon } from '../components/icon.tsx'
import { TrendPlot } from '../components/trend-plot.tsx'
import { dateInWords, readerLocale } from '../words/time.ts'
import { inOwnUnit } from '../words/units.ts'
import './summary-view.css'

type Row = Summary['sections'][number]['rows'][number]

const flags: Record<NonNullable<Row['flag']>, { icon: IconNode; text: string }> = {
  high: { icon: ArrowUp, text: 'High' },
  low: { icon: ArrowDown, text: 'Low' },
  abnormal: { icon: TriangleAlert, text: 'Unusual' },
}

/** Rows of one section shown before “Show all”: fewer where there are many sections. */
const rowsShownFirst = { few: 12, many: 5 }
const manySections = 4
const plotsShownFirst = 6

/** A document in words: its sections as tables, and what changes over time as plots. */
export function SummaryView({ summary, compact = false }: { summary: Summary; compact?: boolean }) {
  const { patient, sections, series } = summary
  const first = rowsShownFirst[sections.length < manySections ? 'few' : 'many']
  const [allPlots, setAllPlots] = useState(false)
  const plots = series.filter(({ points }) => points.length > 1)
  const about = [
    patient?.name,
    patient?.birthDate && `born ${dateInWords(patient.birthDate)}`,
    patient?.sex?.toLowerCase(),
  ].filter(Boolean)
  return (
    <div class={`summary${compact ? ' summary-compact' : ''}`}>
      {about.length > 0 && <p class="muted">About {about.join(', ')}</p>}
      {sections.length === 0 && (
        <p class="muted">This document has no part that Carekey can show in words.</p>
      )}
      {sections.map(({ heading, rows }) => (
        <section class="summary-section" key={heading}>
          {compact ? <h3>{heading}</h3> : <h2>{heading}</h2>}
          <Rows rows={rows} heading={heading} first={first} />
        </section>
      ))}
      {!compact && plots.length > 0 && (
        <section class="summary-section">
          <h2>Over time</h2>
          <div class="summary-plots">
            {plots.slice(0, allPlots ? plots.length : plotsShownFirst).map((one) => (
              <TrendPlot key={one.label} series={one} />
            ))}
          </div>
          {!allPlots && plots.length > plotsShownFirst && (
            <div>
              <Button
                kind="quiet"
                label={`Show all ${plots.length} values over time`}
                onClick={() => setAllPlots(true)}
              >
                Show all {plots.length}
              </Button>
            </div>
          )}
        </section>
      )}
    </div>
  )
}

function Rows({ rows, heading, first }: { rows: readonly Row[]; heading: string; first: number }) {
  const [all, setAll] = useState(false)
  const shown = all ? rows : rows.slice(0, first)
  return (
    <>
      {rows.some((row) => row.reference || row.unit) ? (
        <Values rows={shown} heading={heading} />
      ) : (
        <Lines rows={shown} />
      )}
      {shown.length < rows.length && (
        <div>
          <Button kind="quiet" label={`Show all ${rows.length} of ${heading}`} onClick={() => setAll(true)}>
            Show all {rows.length}
          </Button>
        </div>
      )}
    </>
  )
}

function Values({ rows, heading }: { rows: readonly Row[]; heading: string }) {
  const dated = rows.some((row) => row.date)
  const usual = rows.some((row) => row.reference)
  const locale = readerLocale()
  return (
    <table class="summary-table">
      <caption class="hidden-text">{heading}</caption>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Result</th>
          {usual && <th scope="col">Usual</th>}
          {dated && <th scope="col">Date</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((row, index) => (
          <tr key={`${row.label} ${index}`}>
            <th scope="row">
              {row.label}
              {row.note && <span class="summary-note">{row.note}</span>}
            </th>
            <td>
              <strong>{row.value}</strong> {row.unit}
              <Own value={row.value} unit={row.unit} locale={locale} />
              {row.flag && <Flag flag={row.flag} />}
            </td>
            {usual && <td class="muted">{row.reference ?? ''}</td>}
            {dated && (
              <td class="muted summary-date">{row.date ? dateInWords(row.date, undefined, 'short') : ''}</td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Lines({ rows }: { rows: readonly Row[] }) {
  return (
    <ul class="summary-lines">
      {rows.map((row, index) => (
        <li key={`${row.label} ${index}`}>
          <span class="summary-line-text">
            <strong>{row.label}</strong>
            {row.value && <span>{row.value}</span>}
            {row.note && <span class="summary-note">{row.note}</span>}
            {row.flag && <Flag flag={row.flag} />}
          </span>
          {row.date && <span class="muted">{dateInWords(row.date, undefined, 'short')}</span>}
        </li>
      ))}
    </ul>
  )
}

function Flag({ flag }: { flag: NonNullable<Row['flag']> }) {
  const { icon, text } = flags[flag]
  return (
    <span class="summary-flag">
      <Icon node={icon} size={16} />
      {text}
    </span>
  )
}

/** The same value in the reader's own unit, beside the report's. */
function Own({ value, unit, locale }: { value: string; unit: string | undefined; locale: string }) {
  const own = inOwnUnit(value, unit, locale)
  return own === null ? null : <span class="muted small"> ({own})</span>
}
