import type { IconNode } from 'lucide'
import { h } from 'preact'
import './icon.css'

/** An icon of the library. It is decoration: a text always stands beside it. */
export function Icon({ node, size = 20 }: { node: IconNode; size?: 16 | 20 | 24 | 32 }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {node.map(([tag, attributes], index) => h(tag, { ...attributes, key: index }))}
    </svg>
  )
}
