const dayMs = 24 * 3_600 * 1_000

// A whole FHIR date or dateTime as a JSON string; dates inside longer texts and partial dates stay as they are.
const dateString = /"(\d{4}-\d{2}-\d{2})((?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})?)?)"/g

/**
 * Moves every date of a synthetic patient's JSON, birth date included, by a whole number of days. Times, zones and
 * every other byte stay: ages, intervals and (for multiples of 7) weekdays remain what Synthea made them.
 */
export function shiftDates(json: string, days: number): string {
  if (!Number.isInteger(days)) throw new RangeError('Dates are moved by whole days only.')
  return json.replace(dateString, (whole, day: string, rest: string) => {
    const time = Date.parse(`${day}T00:00:00Z`)
    if (Number.isNaN(time)) return whole
    return `"${new Date(time + days * dayMs).toISOString().slice(0, 10)}${rest}"`
  })
}

/**
 * By how many days, in whole weeks, to move dates so that `newest` (YYYY-MM-DD) lies between three and four weeks
 * before today.
 */
export function daysToRecent(newest: string, today: Date): number {
  const goal = Date.parse(today.toISOString().slice(0, 10)) - 21 * dayMs
  return Math.floor((goal - Date.parse(newest)) / (7 * dayMs)) * 7
}
