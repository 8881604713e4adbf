import { ChevronRight, type IconNode } from 'lucide'
import type { ComponentChildren } from 'preact'
import { Icon } from './icon.tsx'
import './list-row.css'

interface ListRowProps {
  title: ComponentChildren
  icon?: IconNode
  /** One quiet line under the title. */
  note?: ComponentChildren
  /** At the end of the row: a date, a badge. */
  end?: ComponentChildren
  /** The whole row leads there. */
  href?: string
  onClick?: () => void
}

export function ListRow({ title, icon, note, end, href, onClick }: ListRowProps) {
  const body = (
    <>
      {icon && (
        <span class="list-row-icon">
          <Icon node={icon} />
        </span>
      )}
      <span class="list-row-main">
        <span class="list-row-text">
          <span class="list-row-title">{title}</span>
          {note && <span class="list-row-note">{note}</span>}
        </span>
        {end && <span class="list-row-end">{end}</span>}
      </span>
      {(href || onClick) && <Icon node={ChevronRight} size={16} />}
    </>
  )
  return (
    <li class="list-row">
      {href && (
        <a class="list-row-body list-row-active" href={href}>
          {body}
        </a>
      )}
      {!href && onClick && (
        <button type="button" class="list-row-body list-row-active" onClick={onClick}>
          {body}
        </button>
      )}
      {!href && !onClick && <div class="list-row-body">{body}</div>}
    </li>
  )
}

export function List({ children, label }: { children: ComponentChildren; label?: string }) {
  return (
    <ul class="list" aria-label={label}>
      {children}
    </ul>
  )
}
