import { CarekeyError } from '../../../shared/protocol/errors.ts'
import { limits } from '../../../shared/protocol/limits.ts'

/** The chain's time, and the later of it and our own clock: an idle chain's stands still. */
export interface Clocks {
  chain: number
  latest: number
}

/**
 * A deadline is past by the chain's clock alone; it is too far ahead only if it is so by either clock.
 * Throws CarekeyError `deadline-passed`, `deadline-too-far`.
 */
export function requireDeadline(deadline: number, clocks: Clocks, maxAheadSeconds: number): void {
  if (deadline < clocks.chain) {
    throw new CarekeyError('deadline-passed', 'This came too late. Ask anew.', { data: { deadline } })
  }
  if (deadline > clocks.latest + maxAheadSeconds + limits.clockSkewSeconds) {
    throw new CarekeyError('deadline-too-far', 'The deadline lies too far ahead. Choose a nearer one.', {
      data: { deadline },
    })
  }
}
