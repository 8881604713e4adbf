import './technical-details.css'

/** Hashes, addresses and codes: for whoever needs them, out of everybody else's way. */
export function TechnicalDetails({
  details,
}: {
  details: readonly (readonly [name: string, value: string])[]
}) {
  if (details.length === 0) return null
  return (
    <details class="technical-details">
      <summary>Technical details</summary>
      <dl>
        {details.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </details>
  )
}
