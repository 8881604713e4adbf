import type { IconNode } from 'lucide'
import type { ComponentChildren } from 'preact'
import { Icon } from './icon.tsx'
import './button.css'

export interface ButtonProps {
  children: ComponentChildren
  /** `choice`: one of several answers of equal weight. */
  kind?: 'primary' | 'plain' | 'quiet' | 'danger' | 'choice'
  icon?: IconNode
  type?: 'button' | 'submit'
  /** What is being done; the button keeps its place and takes no second press. */
  busy?: string | false | undefined
  disabled?: boolean
  /** Looks and reads as unavailable, but keeps the focus. The caller ignores the press. */
  inert?: boolean
  wide?: boolean
  label?: string | undefined
  onClick?: (event: MouseEvent) => void
  onKeyDown?: ((event: KeyboardEvent) => void) | undefined
}

export function Button(props: ButtonProps) {
  const {
    children,
    kind = 'plain',
    icon,
    type = 'button',
    busy,
    disabled,
    inert,
    wide,
    label,
    onClick,
    onKeyDown,
  } = props
  return (
    <button
      type={type}
      class={`button button-${kind}${wide ? ' button-wide' : ''}`}
      disabled={disabled}
      aria-disabled={inert || Boolean(busy) || undefined}
      aria-busy={Boolean(busy) || undefined}
      aria-label={busy ? undefined : label}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        if (busy) event.preventDefault()
        else onClick?.(event)
      }}
    >
      {icon && <Icon node={icon} />}
      <span>{busy || children}</span>
    </button>
  )
}

/** A link that looks as a button does: it leads to another place and changes nothing. */
export function ButtonLink(
  props: Pick<ButtonProps, 'children' | 'kind' | 'icon' | 'wide'> & { href: string },
) {
  const { children, kind = 'plain', icon, wide, href } = props
  return (
    <a class={`button button-${kind}${wide ? ' button-wide' : ''}`} href={href}>
      {icon && <Icon node={icon} />}
      <span>{children}</span>
    </a>
  )
}
