import { createHash } from 'node:crypto'
import { relayLimits } from '../limits.ts'
import type { State } from './state.ts'
import { style } from './style.ts'

/** The page has this one style sheet in it, no script, and loads nothing. */
export const stylePolicy = `'sha256-${createHash('sha256').update(style).digest('base64')}'`

const whole = new Intl.NumberFormat('en')
const byteUnits = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
const minuteMs = 60 * 1_000
const plotHeight = 40

/** The operator chooses the relay's name. */
const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => escapes[sign] ?? '')

export function bytesInWords(bytes: number): string {
  const power = bytes < 1_000 ? 0 : Math.min(byteUnits.length - 1, Math.floor(Math.log10(bytes) / 3))
  const unit = byteUnits[power] ?? 'byte'
  const format = { style: 'unit', unit, unitDisplay: power === 0 ? 'long' : 'short' } as const
  return new Intl.NumberFormat('en', { ...format, maximumSignificantDigits: 3 }).format(
    bytes / 1_000 ** power,
  )
}

export function timeInWords(ms: number): string {
  const minutes = Math.floor(ms / minuteMs)
  const parts = [
    ['day', Math.floor(minutes / (24 * 60))],
    ['hour', Math.floor(minutes / 60) % 24],
    ['minute', minutes % 60],
  ] as const
  const first = parts.findIndex(([, count]) => count > 0)
  if (first === -1) return 'less than a minute'
  return parts
    .slice(first, first + 2)
    .filter(([, count]) => count > 0)
    .map(([unit, count]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
    .join(', ')
}

function verdict({ height, isStopping }: State): { kind: 'good' | 'warning'; title: string; text: string } {
  if (isStopping)
    return {
      kind: 'warning',
      title: 'Stopping',
      text: 'It finishes what it is doing. Try again in a minute.',
    }
  if (height === null)
    return {
      kind: 'warning',
      title: 'The ledger does not answer',
      text: 'Patients reach what is their own. Hospitals are served again, and consents sent, once it does.',
    }
  return { kind: 'good', title: 'Everything works', text: 'Storage and ledger answer.' }
}

const figure = (label: string, value: string, note = ''): string =>
  `<div><dt>${label}</dt><dd>${value}${note === '' ? '' : `<small>${note}</small>`}</dd></div>`

function group(title: string, figures: readonly string[]): string {
  return `<section><h2>${title}</h2><dl>${figures.join('')}</dl></section>`
}

function plot(
  title: string,
  values: readonly number[],
  inWords: (value: number) => string,
  inShort = inWords,
): string {
  const most = Math.max(...values)
  const sum = values.reduce((total, value) => total + value, 0)
  const hours = Math.round((values.length * relayLimits.trafficSpanMs) / (60 * minuteMs))
  const bars = values.map((value, index) => {
    if (value === 0) return ''
    const height = Math.max(1, Math.round((value / most) * plotHeight * 10) / 10)
    return `<rect x="${index + 0.1}" y="${plotHeight - height}" width="0.8" height="${height}"><title>${inWords(value)}</title></rect>`
  })
  const told = `${title} over the last ${hours} hours: ${inWords(sum)}, at most ${inWords(most)} in 5 minutes.`
  return `<figure><figcaption><b>${title}</b><span>${inWords(sum)}</span></figcaption>
<svg role="img" aria-label="${told}" viewBox="0 0 ${values.length} ${plotHeight}" preserveAspectRatio="none"><path d="M0 ${plotHeight}H${values.length}"/>${bars.join('')}</svg>
<p><span>${hours} hours ago</span><span>${most === 0 ? 'nothing yet' : `at most ${inShort(most)} in 5 min`}</span><span>now</span></p></figure>`
}

function sponsorGroup({ sponsor }: State): string {
  if (sponsor === null) return group('Sponsor', [figure('Pays for', 'nobody', 'This relay has no account.')])
  return group('Sponsor', [
    figure('Waiting', whole.format(sponsor.queued)),
    figure('Mined today', whole.format(sponsor.minedToday)),
    figure('Refused today', whole.format(sponsor.failedToday)),
  ])
}

export function renderPage(state: State): string {
  const { kind, title, text } = verdict(state)
  const name = escaped(state.name)
  const waiting = state.waitingPins === 0 ? '' : `and ${whole.format(state.waitingPins)} waiting for blocks`
  const requests = (value: number) => `${whole.format(value)} request${value === 1 ? '' : 's'}`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${name}: ${title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex"><meta http-equiv="refresh" content="30"><style>${style}</style></head>
<body><main>
<header><h1>${name}</h1><p>Running for ${timeInWords(state.upMs)}</p></header>
<section class="verdict ${kind}"><h2>${title}</h2><p>${text}</p></section>
<section class="plots"><h2>Traffic</h2>
${plot(
  'Requests',
  state.traffic.map((span) => span.requests),
  requests,
  whole.format,
)}
${plot(
  'Bytes in and out',
  state.traffic.map((span) => span.bytes),
  bytesInWords,
)}
</section>
${group('Records', [
  figure('Pins', whole.format(state.pins), waiting),
  figure('Pinned', bytesInWords(state.pinnedBytes), 'counted for each account'),
  figure('Stored', bytesInWords(state.storedBytes), 'each block once'),
])}
${group('Patients and hospitals', [
  figure('Browsers reachable', whole.format(state.reservations)),
  figure('Messages waiting', whole.format(state.messages)),
])}
${sponsorGroup(state)}
${group('Ledger', [
  figure('Newest block', state.height === null ? 'no answer' : whole.format(state.height)),
  figure('Chain', String(state.chainId)),
])}
${group('Storage', [
  figure('Accounts and pins', escaped(state.engines.database)),
  figure('Blocks', escaped(state.engines.blocks)),
])}
</main><footer>Carekey relay ${escaped(state.version)}. Days begin at midnight UTC. This page renews itself every half minute.</footer></body></html>
`
}
