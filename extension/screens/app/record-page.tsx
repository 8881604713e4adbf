import { ArrowLeft, FileDown, FileX2, ShieldCheck } from 'lucide'
import { useState } from 'preact/hooks'
import type { RecordView } from '../../snapshots.ts'
import { type Asked, ask } from '../ask.ts'
import { Button } from '../components/button.tsx'
import { Badge, Card, Facts } from '../components/card.tsx'
import { Dialog } from '../components/dialog.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Icon } from '../components/icon.tsx'
import { TechnicalDetails } from '../components/technical-details.tsx'
import { Failure } from '../parts/failure.tsx'
import { Issues } from '../parts/issues.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { SummaryView } from '../parts/summary-view.tsx'
import { download } from '../platform.ts'
import { useAct, useSnapshot } from '../snapshot.ts'
import { categoryHeading, standingInWords } from '../words/sentences.ts'
import { dateInWords, momentInWords, periodInWords, sizeInWords } from '../words/time.ts'
import { Standing } from './record-standing.tsx'
import { NewerVersions, Versions } from './record-versions.tsx'
import { type Version, versionsOf } from './timeline.ts'
import './record-page.css'

type Opened = Asked<'records.read'>

/** One record, to read. */
export function RecordPage({ id }: { id: string }) {
  const list = useSnapshot('records.list', {})
  return (
    <>
      <a class="back" href="#/records">
        <Icon node={ArrowLeft} size={16} />
        All records
      </a>
      <Loaded snapshot={list} label="Looking for the record…">
        {({ records }) => {
          const record = records.find(({ commitment }) => commitment === id)
          if (!record) return <NotHere />
          return <OneRecord key={id} record={record} versions={versionsOf(records, record)} />
        }}
      </Loaded>
    </>
  )
}

const NotHere = () => (
  <EmptyState alone tone="neutral" icon={FileX2} title="This record is not here">
    <p>It may belong to another Carekey. Your records are all in the list.</p>
  </EmptyState>
)

function OneRecord({ record, versions }: { record: RecordView; versions: Version[] }) {
  const opened = useSnapshot('records.read', { commitment: record.commitment })
  return (
    <>
      <div class="page-head">
        <h1>{record.title}</h1>
        <p class="muted">
          {categoryHeading(record.category)} · {periodInWords(record.period)} · {record.author.name}
        </p>
        {record.status !== 'saved' && (
          <div>
            <Badge tone="caution">
              {record.status === 'saving' ? 'Being saved' : 'Waiting for the ledger'}
            </Badge>
          </div>
        )}
      </div>
      <NewerVersions versions={versions} shown={record} />
      <Loaded
        snapshot={opened}
        label="Opening the record. If it is not in this browser, it comes from your relay…"
      >
        {(content) => (
          <>
            <Issues issues={content.issues} />
            <Card>
              <SummaryView summary={content.summary} />
            </Card>
            <Origin record={record} content={content} />
          </>
        )}
      </Loaded>
      <Standing record={record} />
      {versions.length > 1 && <Versions versions={versions} shown={record} />}
      <Export record={record} />
    </>
  )
}

function Origin({ record, content }: { record: RecordView; content: Opened }) {
  const { statement } = content
  const verified = [
    `Signed by ${record.author.name}. ${standingInWords(record.author)}`,
    'What you read is exactly what was signed.',
    ...(record.status === 'saved' && record.savedAt !== null
      ? [`On the public ledger and at your relay, sealed, since ${momentInWords(record.savedAt)}.`]
      : []),
  ]
  return (
    <Card title="Where it comes from">
      <ul class="verified">
        {verified.map((line) => (
          <li key={line}>
            <Icon node={ShieldCheck} />
            {line}
          </li>
        ))}
      </ul>
      <Facts
        facts={[
          [
            'Written by',
            record.practitioner ? `${record.practitioner}, ${record.author.name}` : record.author.name,
          ],
          ['Written on', dateInWords(statement.issuedAt)],
          ['Covers', periodInWords(record.period)],
          ['Size', sizeInWords(record.contentBytes)],
        ]}
      />
      <TechnicalDetails
        details={[
          ['Format', statement.mediaType],
          ['Commitment on the ledger', record.commitment],
          ['Hash of the content', statement.contentHash],
          ['Your name towards the author', statement.subject],
          ...(record.cid ? ([['Address of the sealed file (CID)', record.cid]] as const) : []),
        ]}
      />
    </Card>
  )
}

function Export({ record }: { record: RecordView }) {
  const [asking, setAsking] = useState(false)
  const save = useAct(async () => {
    const { url, filename } = await ask('records.export', { commitment: record.commitment })
    download(url, filename)
    setAsking(false)
  })
  return (
    <div class="stack-small">
      <div>
        <Button icon={FileDown} onClick={() => setAsking(true)}>
          Export this record
        </Button>
      </div>
      {asking && (
        <Dialog
          title="Export this record?"
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Cancel</Button>
              <Button kind="primary" busy={save.running && 'Sealing the file…'} onClick={save.run}>
                Export
              </Button>
            </>
          }
        >
          <p>You get a sealed file in your downloads (age format). Whoever finds it cannot read it.</p>
          <p>To open it without Carekey, export your identity under Settings and use any age program.</p>
          <Failure error={save.error} />
        </Dialog>
      )}
    </div>
  )
}
