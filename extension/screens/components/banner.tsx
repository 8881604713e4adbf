import { CircleAlert, CircleCheck, Info, TriangleAlert } from 'lucide'
import type { ComponentChildren } from 'preact'
import { Icon } from './icon.tsx'
import './banner.css'

const icons = { info: Info, good: CircleCheck, caution: TriangleAlert, danger: CircleAlert }

interface BannerProps {
  tone: keyof typeof icons
  title?: string
  children?: ComponentChildren
  /** Read out as soon as it appears. */
  announce?: boolean
}

export function Banner({ tone, title, children, announce }: BannerProps) {
  return (
    <div class={`banner banner-${tone}`} role={announce ? 'alert' : undefined}>
      <Icon node={icons[tone]} />
      <div class="banner-text">
        {title && <p class="banner-title">{title}</p>}
        {children}
      </div>
    </div>
  )
}
