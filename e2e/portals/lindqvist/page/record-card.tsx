import { dayOf, timeOf } from '../../kit/page.ts'
import { categoryNames, type ReceivedRecord } from './file.ts'

const firstRows = 8

/** A record from elsewhere, readable, with how the clinic knows that it is right. */
export function RecordCard({ record }: { record: ReceivedRecord }) {
  // The record's own date stands above; a line repeats it only when it differs.
  const rows = record.rows.map((row) => (row.date === record.date ? { ...row, date: '' } : row))
  return (
    <article
      class="record"
      data-testid="record"
      data-category={record.category}
      data-transport={record.transport}
    >
      <p class="tag">{categoryNames[record.category] ?? record.category}</p>
      <h3>{record.title}</h3>
      <p class="facts">
        {dayOf(record.date)} · {record.author}
        {record.practitioner && `, ${record.practitioner}`}
      </p>
      <Rows rows={rows.slice(0, firstRows)} />
      {rows.length > firstRows && (
        <details>
          <summary>{rows.length - firstRows} more lines</summary>
          <Rows rows={rows.slice(firstRows)} />
        </details>
      )}
      {rows.length === 0 && (
        <p class="facts">Our system cannot show this kind of record. The file itself is kept.</p>
      )}
      <ul class="verified" aria-label="Verified" data-testid="verified">
        <li>Signed by {record.author}, which was accredited at that time</li>
        <li>On the public ledger since {timeOf(record.anchoredAt)}, unchanged</li>
        <li>Belongs to this patient, and was opened with their permission</li>
        <li>
          Received {timeOf(record.receivedAt)}{' '}
          {record.transport === 'webrtc' ? 'straight from the patient’s browser' : 'from the relay'}
        </li>
      </ul>
    </article>
  )
}

function Rows({ rows }: { rows: ReceivedRecord['rows'] }) {
  if (rows.length === 0) return null
  return (
    <table>
      <tbody>
        {rows.map((row, index) => (
          <tr key={`${index}:${row.name}`}>
            <th scope="row">{row.name}</th>
            <td>{row.value}</td>
            <td class="date">{row.date && dayOf(row.date)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
