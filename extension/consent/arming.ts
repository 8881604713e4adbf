import { useEffect, useRef, useState } from 'preact/hooks'

/** How long the window must have been seen and focused, without a break, before Approve takes a press. */
export const armAfterMs = 500

export interface Arming {
  /** When the window was last given the reader's attention; null without it. Milliseconds of any steady clock. */
  attentiveSince: number | null
  /** The press that is down now: `early` where it began before the window was armed. */
  press: 'none' | 'early' | 'fair'
}

export type ArmingEvent =
  | { type: 'attention'; attentive: boolean }
  /** The window shows another request than before. */
  | { type: 'subject' }
  | { type: 'down'; repeat: boolean }
  | { type: 'up' }

export const isArmed = (arming: Arming, now: number): boolean =>
  arming.attentiveSince !== null && now - arming.attentiveSince >= armAfterMs

/** Whether a click is a person's answer to what the window shows, and not left over from something else. */
export const acceptsClick = (arming: Arming, now: number, trusted: boolean): boolean =>
  trusted && isArmed(arming, now) && arming.press !== 'early'

export function nextArming(arming: Arming, event: ArmingEvent, now: number): Arming {
  switch (event.type) {
    case 'attention':
      if (!event.attentive) return { ...arming, attentiveSince: null }
      return arming.attentiveSince === null ? { ...arming, attentiveSince: now } : arming
    case 'subject':
      return {
        attentiveSince: arming.attentiveSince === null ? null : now,
        press: arming.press === 'none' ? 'none' : 'early',
      }
    case 'down':
      // A repeat whose beginning was not seen began in another window.
      if (event.repeat) return arming.press === 'none' ? { ...arming, press: 'early' } : arming
      return { ...arming, press: isArmed(arming, now) ? 'fair' : 'early' }
    case 'up':
      return { ...arming, press: 'none' }
  }
}

/** Watches this window for one subject: whether Approve is armed, and the judge of each click. */
export function useArming(subject: string): { armed: boolean; accepts: (event: MouseEvent) => boolean } {
  const state = useRef<Arming>({ attentiveSince: null, press: 'none' })
  const [armed, setArmed] = useState(false)

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const advance = (event: ArmingEvent) => {
      state.current = nextArming(state.current, event, performance.now())
      clearTimeout(timer)
      const { attentiveSince } = state.current
      const ready = isArmed(state.current, performance.now())
      setArmed(ready)
      if (!ready && attentiveSince !== null) {
        timer = setTimeout(
          () => setArmed(isArmed(state.current, performance.now())),
          attentiveSince + armAfterMs - performance.now() + 1,
        )
      }
    }
    const look = () =>
      advance({ type: 'attention', attentive: document.visibilityState === 'visible' && document.hasFocus() })
    const down = (event: Event) =>
      advance({ type: 'down', repeat: event instanceof KeyboardEvent && event.repeat })
    // The click follows its release within the same task, so the press is over only after it.
    const up = () => setTimeout(() => advance({ type: 'up' }), 0)

    advance({ type: 'subject' })
    look()
    const quiet = { capture: true, passive: true }
    window.addEventListener('focus', look)
    window.addEventListener('blur', look)
    document.addEventListener('visibilitychange', look)
    for (const name of ['pointerdown', 'keydown']) document.addEventListener(name, down, quiet)
    for (const name of ['pointerup', 'pointercancel', 'keyup']) document.addEventListener(name, up, quiet)
    return () => {
      clearTimeout(timer)
      window.removeEventListener('focus', look)
      window.removeEventListener('blur', look)
      document.removeEventListener('visibilitychange', look)
      for (const name of ['pointerdown', 'keydown']) document.removeEventListener(name, down, quiet)
      for (const name of ['pointerup', 'pointercancel', 'keyup'])
        document.removeEventListener(name, up, quiet)
    }
  }, [subject])

  return { armed, accepts: (event) => acceptsClick(state.current, performance.now(), event.isTrusted) }
}
