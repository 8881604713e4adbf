import type { Portal } from 'carekey/portal/server'

/** Holds shares and answers for them, every second or so, until it is stopped. */
export function holdShares({ emergency }: Portal, pollMs: number): { stop: () => Promise<void> } {
  const stopping = new AbortController()
  let collecting: Promise<unknown> = Promise.resolve()
  let isBusy = false
  let isSilent = false
  const timer = setInterval(() => {
    if (isBusy) return
    isBusy = true
    collecting = emergency
      .collect(stopping.signal)
      .then(
        ({ kept, released, refused }) => {
          isSilent = false
          if (refused.length > 0)
            console.error(`Messages about emergencies were refused: ${refused.join(', ')}.`)
          if (kept > 0) console.log(`Took in ${kept} shares for patients’ emergencies.`)
          if (released > 0) console.log(`Gave out ${released} shares for an emergency that is open.`)
        },
        (error: unknown) => {
          // One line a break, not one a second.
          if (!isSilent && !stopping.signal.aborted) console.error('Emergencies cannot be collected:', error)
          isSilent = true
        },
      )
      .finally(() => {
        isBusy = false
      })
  }, pollMs)
  return {
    async stop() {
      clearInterval(timer)
      stopping.abort()
      await collecting
    },
  }
}
