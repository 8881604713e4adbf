/** One line a step, so that nobody waits before a silent screen. */
export const progressLine = (step: string) => console.log(`· ${step}`)
