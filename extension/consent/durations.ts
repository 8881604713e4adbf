import { limits } from '../../shared/protocol/limits.ts'
import { durationInWords } from '../screens/words/time.ts'

const minute = 60
const hour = 60 * minute
const day = 24 * hour

const shorterOnes = [1 * hour, 1 * day, 7 * day, 30 * day]

export interface DurationChoice {
  seconds: number
  label: string
}

/** As asked, then everything usual that is shorter. Never longer than asked. */
export function durationChoices(askedSeconds: number): DurationChoice[] {
  const shorter = shorterOnes.filter(
    (seconds) => seconds < askedSeconds && seconds >= limits.grantDurationMinSeconds,
  )
  return [
    { seconds: askedSeconds, label: `${durationInWords(askedSeconds)}, as asked` },
    ...shorter.reverse().map((seconds) => ({ seconds, label: durationInWords(seconds) })),
  ]
}
