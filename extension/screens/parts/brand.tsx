import './brand.css'

/** The key with a heart for a bow. */
export function Mark({ size = 28 }: { size?: 28 | 64 }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect class="mark-ground" width="32" height="32" rx="7" />
      <path
        class="mark-key"
        d="M16 16.6 9.9 10.7a3.9 3.9 0 0 1 5.5-5.5l.6.6.6-.6a3.9 3.9 0 0 1 5.5 5.5L16 16.6v10.9M16 26.4h4.2M16 21.8h3.2"
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
