export interface PlotPoint {
  /** ISO date or time. */
  date: string
  value: number
}

export interface Plotted {
  x: number
  y: number
  date: string
  value: number
}

/** Places points in a box, oldest on the left, largest on top. Equal values lie in the middle. */
export function placePoints(points: readonly PlotPoint[], width: number, height: number): Plotted[] {
  const dated = points
    .map((point) => ({ ...point, time: Date.parse(point.date) }))
    .filter(({ time, value }) => Number.isFinite(time) && Number.isFinite(value))
    .sort((one, other) => one.time - other.time)
  const times = dated.map(({ time }) => time)
  const values = dated.map(({ value }) => value)
  const [firstTime, lastTime] = [times[0] ?? 0, times.at(-1) ?? 0]
  const [lowest, highest] = [Math.min(...values), Math.max(...values)]
  return dated.map(({ time, value, date }) => ({
    x: lastTime === firstTime ? width / 2 : ((time - firstTime) / (lastTime - firstTime)) * width,
    y: highest === lowest ? height / 2 : height - ((value - lowest) / (highest - lowest)) * height,
    date,
    value,
  }))
}
