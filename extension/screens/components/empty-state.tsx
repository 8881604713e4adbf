import type { IconNode } from 'lucide'
import type { ComponentChildren } from 'preact'
import { Icon } from './icon.tsx'
import './empty-state.css'

/** Nothing here yet: why, and what would bring something. */
export function EmptyState({
  icon,
  title,
  children,
}: {
  icon: IconNode
  title: string
  children?: ComponentChildren
}) {
  return (
    <div class="empty-state">
      <span class="empty-state-icon">
        <Icon node={icon} size={32} />
      </span>
      <h2>{title}</h2>
      {children}
    </div>
  )
}
