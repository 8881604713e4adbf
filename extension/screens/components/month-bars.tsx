import { useId } from 'preact/hooks'
import './month-bars.css'

export interface MonthBar {
  /** `YYYY-MM` */
  month: string
  /** Two parts of one height, each not below zero, in whole units. */
  lower: number
  upper: number
}

interface MonthBarsProps {
  label: string
  bars: readonly MonthBar[]
  parts: { lower: string; upper: string }
  /** An amount in words. */
  amount: (value: number) => string
  /** A month in words. */
  monthName: (month: string, form: 'long' | 'short') => string
}

const [width, height, gap] = [480, 120, 0.28]

/** Amounts by month: two parts on top of each other, and the same as a table for whoever cannot see it. */
export function MonthBars({ label, bars, parts, amount, monthName }: MonthBarsProps) {
  const hatch = useId()
  const highest = Math.max(1, ...bars.map(({ lower, upper }) => lower + upper))
  const step = width / Math.max(1, bars.length)
  // One month alone would be a wall.
  const thick = Math.min(step * (1 - gap), 48)
  const scale = (value: number) => (value / highest) * height
  return (
    <figure class="month-bars">
      <figcaption class="spread">
        <span>{label}</span>
        <span class="small muted">Highest month: {amount(highest)}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height + 1}`}
        role="img"
        aria-label={`${label}. The table below has the amounts.`}
      >
        <defs>
          <pattern
            id={hatch}
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect class="month-bars-soft" width="6" height="6" />
            <line class="month-bars-hatch" x1="0" y1="0" x2="0" y2="6" />
          </pattern>
        </defs>
        {bars.map(({ month, lower, upper }, index) => {
          const x = index * step + (step - thick) / 2
          return (
            <g key={month}>
              <rect
                class="month-bars-lower"
                x={x}
                y={height - scale(lower)}
                width={thick}
                height={scale(lower)}
              />
              <rect
                class="month-bars-upper"
                fill={`url(#${hatch})`}
                x={x}
                y={height - scale(lower + upper)}
                width={thick}
                height={scale(upper)}
              />
            </g>
          )
        })}
        <line class="month-bars-base" x1="0" y1={height + 0.5} x2={width} y2={height + 0.5} />
      </svg>
      <p class="spread small muted">
        <span>{bars[0] && monthName(bars[0].month, 'short')}</span>
        <span>{bars.length > 1 && monthName(bars.at(-1)?.month ?? '', 'short')}</span>
      </p>
      <ul class="month-bars-key small">
        <li>
          <span class="month-bars-sample month-bars-sample-lower" />
          {parts.lower}
        </li>
        <li>
          <span class="month-bars-sample month-bars-sample-upper" />
          {parts.upper}
        </li>
      </ul>
      <details class="small">
        <summary>The same as a table</summary>
        <table class="month-bars-table">
          <caption class="hidden-text">{label}</caption>
          <thead>
            <tr>
              <th scope="col">Month</th>
              <th scope="col">{parts.lower}</th>
              <th scope="col">{parts.upper}</th>
            </tr>
          </thead>
          <tbody>
            {bars.toReversed().map(({ month, lower, upper }) => (
              <tr key={month}>
                <th scope="row">{monthName(month, 'long')}</th>
                <td>{amount(lower)}</td>
                <td>{amount(upper)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  )
}
