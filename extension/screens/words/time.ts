const second = 1
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** The reader's own English, for their order of day and month and their clock; else British. */
export function readerLocale(languages: readonly string[] = globalThis.navigator?.languages ?? []): string {
  return languages.find((language) => /^en(-|$)/i.test(language)) ?? 'en-GB'
}

export interface Reader {
  /** Unix seconds. */
  now: number
  locale: string
  /** An IANA zone; the browser's own where absent. */
  timeZone?: string
}

export const readerNow = (): Reader => ({ now: Math.floor(Date.now() / 1000), locale: readerLocale() })

const format = (reader: Reader, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(reader.locale, {
    ...options,
    ...(reader.timeZone ? { timeZone: reader.timeZone } : {}),
  })

/** Days since 1970 as the reader's calendar counts them. */
function calendarDay(seconds: number, reader: Reader): number {
  const parts = new Map(
    new Intl.DateTimeFormat('en-US', {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      ...(reader.timeZone ? { timeZone: reader.timeZone } : {}),
    })
      .formatToParts(seconds * 1000)
      .map((part) => [part.type, Number(part.value)]),
  )
  const [year = 1970, month = 1, date = 1] = [parts.get('year'), parts.get('month'), parts.get('day')]
  return Math.round(Date.UTC(year, month - 1, date) / (day * 1000))
}

/** "today", "tomorrow", "Friday 27 November", "3 March 2025". */
export function dayInWords(seconds: number, reader: Reader = readerNow()): string {
  const distance = calendarDay(seconds, reader) - calendarDay(reader.now, reader)
  if (distance === 0) return 'today'
  if (distance === 1) return 'tomorrow'
  if (distance === -1) return 'yesterday'
  const thisYear =
    format(reader, { year: 'numeric' }).format(seconds * 1000) ===
    format(reader, { year: 'numeric' }).format(reader.now * 1000)
  return format(reader, {
    ...(distance > 0 && distance < 8 ? { weekday: 'long' } : {}),
    day: 'numeric',
    month: 'long',
    ...(thisYear ? {} : { year: 'numeric' }),
  }).format(seconds * 1000)
}

export const clockTime = (seconds: number, reader: Reader = readerNow()): string =>
  format(reader, { timeStyle: 'short' }).format(seconds * 1000)

/** "tomorrow, 14:00" */
export const momentInWords = (seconds: number, reader: Reader = readerNow()): string =>
  `${dayInWords(seconds, reader)}, ${clockTime(seconds, reader)}`

/** "today, 14:00" where a sentence or cell starts: "Today, 14:00". */
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** A date without a zone, `YYYY-MM-DD` or an ISO time, as a day: "21 November 2026". Anything else is returned as it is. */
export function dateInWords(
  date: string,
  locale: string = readerLocale(),
  month: 'long' | 'short' = 'long',
): string {
  const onlyDay = /^\d{4}-\d{2}-\d{2}$/.test(date)
  const time = onlyDay || /^\d{4}-\d{2}-\d{2}T/.test(date) ? Date.parse(date) : Number.NaN
  if (Number.isNaN(time)) return date
  return new Intl.DateTimeFormat(locale, {
    day: 'numeric',
    month,
    year: 'numeric',
    ...(onlyDay ? { timeZone: 'UTC' } : {}),
  }).format(time)
}

/** "3 March 2025", or "from 3 March 2021 to 20 November 2026". */
export function periodInWords(
  period: { start: string; end: string },
  locale: string = readerLocale(),
  month: 'long' | 'short' = 'long',
): string {
  if (period.start === period.end) return dateInWords(period.start, locale, month)
  return `${dateInWords(period.start, locale, month)} to ${dateInWords(period.end, locale, month)}`
}

/** `YYYY-MM` as "November 2026" or "Nov 2026". */
export const monthInWords = (
  month: string,
  form: 'long' | 'short' = 'long',
  locale: string = readerLocale(),
): string =>
  new Intl.DateTimeFormat(locale, { month: form, year: 'numeric', timeZone: 'UTC' }).format(
    Date.parse(`${month}-01`),
  )

/** "1 hour", "7 days", "10 minutes": the largest unit that divides the duration. */
export function durationInWords(seconds: number): string {
  const units = [
    [day, 'day'],
    [hour, 'hour'],
    [minute, 'minute'],
  ] as const
  const [size, name] = units.find(([unit]) => seconds >= unit && seconds % unit === 0) ?? [minute, 'minute']
  const count = Math.max(1, Math.round(seconds / size))
  return `${count} ${name}${count === 1 ? '' : 's'}`
}

/** "1.2 MB" (millions of bytes, as file managers count them). */
export function sizeInWords(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`
  if (bytes < 1_000_000) return `${Math.round(bytes / 1000)} kB`
  return `${(bytes / 1_000_000).toFixed(1)} MB`
}
