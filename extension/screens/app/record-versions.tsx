import type { RecordView } from '../../snapshots.ts'
import { Banner } from '../components/banner.tsx'
import { Badge } from '../components/card.tsx'
import { List, ListRow } from '../components/list-row.tsx'
import { listInWords } from '../words/sentences.ts'
import { capitalized, dateInWords } from '../words/time.ts'
import { newerThan, type Version } from './timeline.ts'

/** Above an older version: where the newest is, or that there are several. */
export function NewerVersions({ versions, shown }: { versions: Version[]; shown: RecordView }) {
  const newer = newerThan(versions, shown)
  const [newest] = newer
  if (!newest) return null
  if (newer.length === 1) {
    return (
      <Banner tone="info">
        <p>
          There is a newer version of this record.{' '}
          <a href={`#/record/${newest.commitment}`}>Read the newest</a>
        </p>
      </Banner>
    )
  }
  return (
    <Banner tone="caution">
      <p>
        {newer.length} different versions follow this one. Ask {newest.author.name} which of them holds.
      </p>
    </Banner>
  )
}

/** Every version there is, newest first; those that follow the same one are marked. */
export function Versions({ versions, shown }: { versions: Version[]; shown: RecordView }) {
  const forks = [...new Set(versions.filter(({ forked }) => forked).map(({ number }) => number - 1))]
  return (
    <section class="stack-small">
      <h2>Versions</h2>
      {forks.length > 0 && (
        <p class="muted">
          More than one version follows version {listInWords(forks.map(String))}: they do not agree.
        </p>
      )}
      <List label="Versions">
        {versions.map(({ record, number, forked }) => (
          <ListRow
            key={record.commitment}
            title={`Version ${number}`}
            note={`${capitalized(dateInWords(record.issuedAt))}${forked ? `, follows version ${number - 1}` : ''}`}
            end={record === shown ? <Badge>Shown here</Badge> : undefined}
            {...(record === shown ? {} : { href: `#/record/${record.commitment}` })}
          />
        ))}
      </List>
    </section>
  )
}
