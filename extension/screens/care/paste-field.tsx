import { useId } from 'preact/hooks'
import '../components/field.css'
import './care.css'

/** For a text that somebody else handed over; scanned codes come as several lines. */
export function PasteField(props: {
  label: string
  hint: string
  value: string
  onInput: (value: string) => void
}) {
  const { label, hint, value, onInput } = props
  const id = useId()
  return (
    <div class="field">
      <label class="field-label" for={id}>
        {label}
      </label>
      <p class="field-hint" id={`${id}-hint`}>
        {hint}
      </p>
      <textarea
        id={id}
        class="field-input care-text"
        rows={3}
        spellcheck={false}
        autocomplete="off"
        aria-describedby={`${id}-hint`}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </div>
  )
}
