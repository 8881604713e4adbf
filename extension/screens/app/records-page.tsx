import { FolderHeart, SearchX } from 'lucide'
import { useState } from 'preact/hooks'
import type { RecordView } from '../../snapshots.ts'
import type { Asked } from '../ask.ts'
import { EmptyState } from '../components/empty-state.tsx'
import { TextField } from '../components/field.tsx'
import { List } from '../components/list-row.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { RecordRow } from '../parts/record-row.tsx'
import { useSnapshot } from '../snapshot.ts'
import { byCategory, byMonth, newestVersions, search } from './timeline.ts'
import './records-page.css'

type View = 'dates' | 'categories'

/** Every record, newest version each: by date or by kind, with a search. */
export function RecordsPage({ view }: { view: View }) {
  const list = useSnapshot('records.list', {})
  const asked = useSnapshot('records.standings', {})
  // The ledger may be away: the list stands without it.
  const standings = asked.state === 'ready' ? asked.value.standings : []
  return (
    <>
      <h1>Records</h1>
      <Loaded snapshot={list} label="Opening your records…">
        {({ records }) =>
          records.length === 0 ? (
            <NoRecords />
          ) : (
            <Found records={newestVersions(records)} view={view} standings={standings} />
          )
        }
      </Loaded>
    </>
  )
}

function NoRecords() {
  return (
    <EmptyState icon={FolderHeart} title="No records yet">
      <p>
        Open the page of a hospital in this browser, click the Carekey button in the toolbar, and connect.
      </p>
      <p>What the hospital sends you, and you accept, is kept here. Only you can open it.</p>
    </EmptyState>
  )
}

interface FoundProps {
  records: RecordView[]
  view: View
  standings: Asked<'records.standings'>['standings']
}

function Found({ records, view, standings }: FoundProps) {
  const [query, setQuery] = useState('')
  const found = search(records, query)
  const groups = view === 'dates' ? byMonth(found) : byCategory(found)
  return (
    <>
      <div class="records-tools">
        <TextField type="search" label="Search records" value={query} onInput={setQuery} />
        <nav class="switch" aria-label="Order of records">
          <a href="#/records" aria-current={view === 'dates' ? 'page' : undefined}>
            By date
          </a>
          <a href="#/records/categories" aria-current={view === 'categories' ? 'page' : undefined}>
            By category
          </a>
        </nav>
      </div>
      <p class="hidden-text" aria-live="polite">
        {query && `${found.length} of ${records.length} records`}
      </p>
      {groups.length === 0 && (
        <EmptyState icon={SearchX} title="No record has these words">
          <p>Try fewer words, the name of a hospital, or a year.</p>
        </EmptyState>
      )}
      {groups.map((group) => (
        <section class="stack-small" key={group.key}>
          <h2>{group.heading}</h2>
          <List label={group.heading}>
            {group.records.map((record) => (
              <RecordRow
                key={record.commitment}
                record={record}
                href={`#/record/${record.commitment}`}
                standing={standings.find(({ commitment }) => commitment === record.commitment)?.state}
              />
            ))}
          </List>
        </section>
      ))}
    </>
  )
}
