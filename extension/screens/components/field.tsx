import { Eye, EyeOff } from 'lucide'
import type { RefObject } from 'preact'
import { useId, useState } from 'preact/hooks'
import { Icon } from './icon.tsx'
import './field.css'

interface FieldProps {
  label: string
  value: string
  onInput: (value: string) => void
  hint?: string | undefined
  /** What is wrong and how to put it right. */
  error?: string | undefined
  id?: string
  inputRef?: RefObject<HTMLInputElement | null>
}

interface TextFieldProps extends FieldProps {
  type?: 'text' | 'search'
  autocomplete?: string
  /** The label is read out but not drawn, where the place says it already. */
  labelHidden?: boolean
}

export function TextField(props: TextFieldProps) {
  const {
    label,
    value,
    onInput,
    hint,
    error,
    type = 'text',
    autocomplete = 'off',
    labelHidden,
    inputRef,
  } = props
  const made = useId()
  const id = props.id ?? made
  const attributes = {
    ref: inputRef,
    id,
    class: 'field-input',
    value,
    autocomplete,
    spellcheck: false,
    'aria-invalid': error ? true : undefined,
    'aria-describedby': describedBy(id, hint, error),
    onInput: (event: InputEvent & { currentTarget: HTMLInputElement }) => onInput(event.currentTarget.value),
  }
  return (
    <div class="field">
      <label class={labelHidden ? 'hidden-text' : 'field-label'} for={id}>
        {label}
      </label>
      <FieldNotes id={id} hint={hint} error={error} />
      {type === 'search' ? <input {...attributes} type="search" /> : <input {...attributes} type="text" />}
    </div>
  )
}

interface SecretFieldProps extends FieldProps {
  autocomplete?: 'off' | 'current-password' | 'new-password'
  compact?: boolean
  onPaste?: (event: ClipboardEvent) => void
}

/** A passphrase or one word of a phrase. Never remembered, checked for spelling, or given a name a form could keep. */
export function SecretField(props: SecretFieldProps) {
  const { label, value, onInput, hint, error, autocomplete = 'off', compact, inputRef, onPaste } = props
  const [shown, setShown] = useState(false)
  const made = useId()
  const id = props.id ?? made
  const attributes = {
    ref: inputRef,
    id,
    class: 'field-input',
    value,
    autocomplete,
    autocapitalize: 'none' as const,
    spellcheck: false,
    'aria-invalid': error ? true : undefined,
    'aria-describedby': describedBy(id, hint, error),
    onInput: (event: InputEvent & { currentTarget: HTMLInputElement }) => onInput(event.currentTarget.value),
    onPaste,
  }
  return (
    <div class={`field${compact ? ' field-compact' : ''}`}>
      <label class="field-label" for={id}>
        {label}
      </label>
      <FieldNotes id={id} hint={hint} error={error} />
      <div class="field-secret">
        {shown ? <input {...attributes} type="text" /> : <input {...attributes} type="password" />}
        <button
          type="button"
          class="field-toggle"
          aria-pressed={shown}
          aria-label={`Show ${label.toLowerCase()}`}
          onClick={() => setShown(!shown)}
        >
          <Icon node={shown ? EyeOff : Eye} />
        </button>
      </div>
    </div>
  )
}

function FieldNotes({
  id,
  hint,
  error,
}: {
  id: string
  hint: string | undefined
  error: string | undefined
}) {
  return (
    <>
      {hint && (
        <p class="field-hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </>
  )
}

const describedBy = (id: string, hint?: string, error?: string) =>
  [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined
