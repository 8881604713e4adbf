import type { ComponentChildren, RefObject } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import './dialog.css'

interface DialogProps {
  title: string
  children: ComponentChildren
  /** The answers, the safe one first. */
  actions: ComponentChildren
  onClose: () => void
  /** Where to begin; the title where there is nothing to fill in. */
  begin?: RefObject<HTMLElement | null>
}

/** A modal question. Escape closes it; what lies behind cannot be reached meanwhile. */
export function Dialog({ title, children, actions, onClose, begin }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => {
    const dialog = ref.current
    if (dialog && !dialog.open) dialog.showModal()
    begin?.current?.focus()
    return () => dialog?.close()
  }, [begin])
  return (
    <dialog ref={ref} class="dialog" aria-labelledby={id} onCancel={onClose}>
      <h2 id={id} tabIndex={-1}>
        {title}
      </h2>
      <div class="stack">{children}</div>
      <div class="dialog-actions">{actions}</div>
    </dialog>
  )
}
