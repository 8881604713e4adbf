import type { IconNode } from 'lucide'
import type { ComponentChildren } from 'preact'
import { Icon } from './icon.tsx'
import './empty-state.css'

interface EmptyStateProps {
  icon: IconNode
  title: string
  tone?: 'good' | 'neutral' | 'caution'
  /** It is the whole page, and its title the page's. */
  alone?: boolean
  children?: ComponentChildren
}

/** Nothing here yet, or nothing more to do: why, and what comes next. */
export function EmptyState({ icon, title, tone = 'good', alone, children }: EmptyStateProps) {
  return (
    <div class="empty-state">
      <span class={`empty-state-icon empty-state-${tone}`}>
        <Icon node={icon} size={32} />
      </span>
      {alone ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children}
    </div>
  )
}
