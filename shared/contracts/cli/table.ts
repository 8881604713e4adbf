/** Rows under a line of headings, each column as wide as its widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headings, ...rows]
  const widths = headings.map((_, column) => Math.max(...all.map((row) => [...(row[column] ?? '')].length)))
  return all
    .map((row) =>
      widths
        .map((width, column) => (row[column] ?? '').padEnd(width))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

/** One fact a line. */
export function facts(pairs: readonly (readonly [string, string])[]): string {
  const width = Math.max(...pairs.map(([name]) => name.length))
  return pairs.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

/** The day of a ledger's second, in UTC. */
export const dayOf = (seconds: number): string =>
  seconds >= lastSecond ? 'for ever' : new Date(seconds * 1_000).toISOString().slice(0, 10)

/** Day and minute in UTC. */
export const minuteOf = (seconds: number): string =>
  `${new Date(seconds * 1_000).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** Beyond it a date has no four-digit year. */
const lastSecond = 253_402_300_799

export const short = (id: string): string => `${id.slice(0, 10)}…`
