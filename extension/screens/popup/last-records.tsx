import { List, ListRow } from '../components/list-row.tsx'
import { categoryIcons } from '../parts/category-icons.ts'
import { Loaded } from '../parts/loaded.tsx'
import { openApp } from '../platform.ts'
import { useSnapshot } from '../snapshot.ts'
import { dateInWords } from '../words/time.ts'

/** The records that came last. */
export function LastRecords({ count }: { count: number }) {
  const list = useSnapshot('records.list', {})
  return (
    <section class="stack-small">
      <h2>Last records</h2>
      <Loaded snapshot={list} label="Opening your records…">
        {({ records }) => {
          const last = [...records]
            .sort(
              (one, other) =>
                (other.savedAt ?? Number.MAX_SAFE_INTEGER) - (one.savedAt ?? Number.MAX_SAFE_INTEGER),
            )
            .slice(0, count)
          if (last.length === 0)
            return <p class="muted">No records yet. Connect on a hospital’s page first.</p>
          return (
            <List label="Last records">
              {last.map((record) => (
                <ListRow
                  key={record.commitment}
                  icon={categoryIcons[record.category]}
                  title={record.title}
                  note={`${dateInWords(record.period.end)} · ${record.author.name}`}
                  onClick={() => openApp(`/record/${record.commitment}`)}
                />
              ))}
            </List>
          )
        }}
      </Loaded>
    </section>
  )
}
