import { useEffect, useRef } from 'preact/hooks'
import './error-summary.css'

export interface FieldFault {
  /** The field's element id. */
  field: string
  message: string
}

/** Over a form that was not accepted: each fault, with a way to its field. Takes the focus when it appears. */
export function ErrorSummary({ faults }: { faults: readonly FieldFault[] }) {
  const ref = useRef<HTMLDivElement>(null)
  const count = faults.length
  useEffect(() => {
    if (count > 0) ref.current?.focus()
  }, [count])
  if (count === 0) return null
  return (
    <div ref={ref} class="error-summary" role="alert" tabIndex={-1}>
      <h2>There is a problem</h2>
      <ul>
        {faults.map(({ field, message }) => (
          <li key={field}>
            <button
              type="button"
              class="error-summary-link"
              onClick={() => document.getElementById(field)?.focus()}
            >
              {message}
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
