import { useState } from 'preact/hooks'
import { failureOf } from '../../portals/kit/page.ts'

/** What a form is doing: nothing, waiting for its block, or showing what was wrong. */
export function useDoing() {
  const [isBusy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | null>(null)
  const doing = async (act: () => Promise<void>): Promise<boolean> => {
    setBusy(true)
    setFault(null)
    try {
      await act()
      return true
    } catch (error) {
      setFault(failureOf(error).message)
      return false
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, fault, doing }
}

/** The fields of a submitted form by their names. */
export function valuesOf(event: Event): Record<string, string> {
  event.preventDefault()
  const form = event.currentTarget
  if (!(form instanceof HTMLFormElement)) return {}
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]))
}

const day = 24 * 60 * 60 * 1_000

/** The day that many years ahead, as a date field has it. */
export const dayInYears = (years: number): string =>
  new Date(Date.now() + years * 365 * day).toISOString().slice(0, 10)
