/** Milliseconds since 1970. Tests give their own. */
export type Clock = () => number

export const systemClock: Clock = () => Date.now()

export const secondsOf = (clock: Clock): number => Math.floor(clock() / 1_000)
