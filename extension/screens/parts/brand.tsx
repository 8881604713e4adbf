import './brand.css'

/** The key with a heart for a bow. */
export function Mark({ size = 28 }: { size?: 28 | 64 }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect class="mark-ground" width="32" height="32" rx="7" />
      <path
        class="mark-key"
        d="M16 17.4 10.9 12.5a3.3 3.3 0 0 1 4.7-4.7l.4.4.4-.4a3.3 3.3 0 0 1 4.7 4.7L16 17.4v9m0-1.4h3.4M16 21.6h2.6"
      />
    </svg>
  )
}

export function Brand() {
  return (
    <span class="brand">
      <Mark />
      Carekey
    </span>
  )
}
