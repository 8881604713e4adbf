import { useId } from 'preact/hooks'
import './progress.css'

/** What is being done, and how far (0 to 1); without a number, that it goes on. */
export function Progress({ label, done }: { label: string; done?: number | undefined }) {
  const id = useId()
  return (
    <div class="progress">
      <p id={id} class="progress-label" aria-live="polite">
        {label}
      </p>
      <progress
        class="progress-bar"
        aria-labelledby={id}
        {...(done === undefined ? {} : { value: done, max: 1 })}
      />
    </div>
  )
}
