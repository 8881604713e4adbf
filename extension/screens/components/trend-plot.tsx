import type { Summary } from '../../snapshots.ts'
import { dateInWords } from '../words/time.ts'
import { placePoints } from './plot-scale.ts'
import './trend-plot.css'

const [width, height, edge] = [260, 88, 6]

const significantDigits = 4

/** As many digits as a label can hold. */
const short = (value: number): number => Number(value.toPrecision(significantDigits))

/** One value over time: a line, its first and last in words. */
export function TrendPlot({ series }: { series: Summary['series'][number] }) {
  const points = placePoints(series.points, width - 2 * edge, height - 2 * edge)
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) return null
  const unit = series.unit ? ` ${series.unit}` : ''
  const line = points.map(({ x, y }) => `${(x + edge).toFixed(1)},${(y + edge).toFixed(1)}`).join(' ')
  const words = `${series.label}: ${short(first.value)}${unit} on ${dateInWords(first.date)}, ${short(last.value)}${unit} on ${dateInWords(last.date)}, ${points.length} measurements.`
  return (
    <figure class="trend-plot">
      <figcaption class="spread">
        <span>{series.label}</span>
        <span>
          <strong>{short(last.value)}</strong>
          {unit}
        </span>
      </figcaption>
      <svg viewBox={`0 0 ${width} ${height}`} role="img" aria-label={words}>
        <polyline class="trend-line" points={line} />
        {points.map(({ x, y }, index) => (
          <circle
            key={index}
            class={index === points.length - 1 ? 'trend-last' : 'trend-point'}
            cx={x + edge}
            cy={y + edge}
            r={index === points.length - 1 ? 4 : 2.5}
          />
        ))}
      </svg>
      <p class="spread small muted">
        <span>{dateInWords(first.date, undefined, 'short')}</span>
        <span>{dateInWords(last.date, undefined, 'short')}</span>
      </p>
    </figure>
  )
}
