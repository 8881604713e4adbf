import { Banner } from '../components/banner.tsx'
import './issues.css'

/** More than this are counted, and shown when asked for. */
const issuesShownFirst = 2

/** What Carekey found wrong with a document; it is readable all the same. */
export function Issues({ issues }: { issues: readonly string[] }) {
  if (issues.length === 0) return null
  const more = issues.slice(issuesShownFirst)
  return (
    <Banner tone="caution" title="Carekey found something odd in it">
      <ul class="issues">
        {issues.slice(0, issuesShownFirst).map((issue) => (
          <li key={issue}>{issue}</li>
        ))}
      </ul>
      {more.length > 0 && (
        <details>
          <summary>{more.length === 1 ? '1 more' : `${more.length} more`}</summary>
          <ul class="issues">
            {more.map((issue) => (
              <li key={issue}>{issue}</li>
            ))}
          </ul>
        </details>
      )}
    </Banner>
  )
}
