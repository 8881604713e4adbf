import { ArrowDown, ArrowUp, type IconNode, TriangleAlert } from 'lucide'
import { useState } from 'preact/hooks'
import type { Summary } from '../../messages.ts'
import { Button } from '../components/button.tsx'
import { Icon } from '../components/icon.tsx'
import { TrendPlot } from '../components/trend-plot.tsx'
import { dateInWords } from '../words/time.ts'
import './summary-view.css'

type Row = Summary['sections'][number]['rows'][number]

const flags: Record<NonNullable<Row['flag']>, { icon: IconNode; text: string }> = {
  high: { icon: ArrowUp, text: 'High' },
  low: { icon: ArrowDown, text: 'Low' },
  abnormal: { icon: TriangleAlert, text: 'Unusual' },
}

/** Rows of one section shown before “Show all”. */
const rowsShownFirst = 12

/** A document in words: its sections as tables, and what changes over time as plots. */
export function SummaryView({ summary, compact = false }: { summary: Summary; compact?: boolean }) {
  const { patient, sections, series } = summary
  const plots = series.filter(({ points }) => points.length > 1)
  const about = [
    patient?.name,
    patient?.birthDate && `born ${dateInWords(patient.birthDate)}`,
    patient?.sex,
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
          <Rows rows={rows} heading={heading} />
        </section>
      ))}
      {!compact && plots.length > 0 && (
        <section class="summary-section">
          <h2>Over time</h2>
          <div class="summary-plots">
            {plots.map((one) => (
              <TrendPlot key={one.label} series={one} />
            ))}
          </div>
        </section>
      )}
    </div>
  )
}

function Rows({ rows, heading }: { rows: readonly Row[]; heading: string }) {
  const [all, setAll] = useState(false)
  const shown = all ? rows : rows.slice(0, rowsShownFirst)
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
  return (
    <table class="summary-table">
      <caption class="hidden-text">{heading}</caption>
      <thead>
        <tr>
          <th scope="col">What</th>
          <th scope="col">Result</th>
          <th scope="col">Usual</th>
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
              {row.flag && <Flag flag={row.flag} />}
            </td>
            <td class="muted">{row.reference ?? ''}</td>
            {dated && <td class="muted">{row.date ? dateInWords(row.date, undefined, 'short') : ''}</td>}
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
