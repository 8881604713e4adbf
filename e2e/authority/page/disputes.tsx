import type { DisputeView } from '../views.ts'
import { useDoing, valuesOf } from './form.ts'
import type { DeskProps } from './office.tsx'
import { Facts, Faults, Field, Table, timeOf } from './parts.tsx'

const reasonWords: Record<string, string> = {
  'not-mine': 'It is about somebody else',
  'never-happened': 'It never happened',
  'not-correct': 'It is not correct',
  repeated: 'It is there twice',
  other: 'Another reason',
}
const wordsOf = ({ reason }: DisputeView) => reasonWords[reason ?? 'other']

/** What patients dispute, and the authority's answers. */
export function DisputesPage({ office, act }: DeskProps) {
  const open = office.disputes.filter(({ status }) => status === 'open')
  const answered = office.disputes.filter(({ status }) => status !== 'open')
  return (
    <>
      <h1>Disputes</h1>
      <p>
        A patient can dispute a record or bill without a name. You hear both sides off the ledger; your answer
        is for good, and an upheld dispute takes back what the record earned its author.
      </p>
      {open.length === 0 && <p class="inset">No dispute waits for an answer.</p>}
      {open.map((found) => (
        <Answer key={found.commitment + found.subject} found={found} act={act} />
      ))}
      {answered.length > 0 && (
        <Table caption="Answered disputes" heads={['Disputed', 'Reason', 'Answer', 'Record number']}>
          {answered.map((found) => (
            <tr key={found.commitment + found.subject}>
              <th scope="row">{timeOf(found.disputedAt)}</th>
              <td>{wordsOf(found)}</td>
              <td>{found.status === 'upheld' ? 'Upheld' : 'Dismissed'}</td>
              <td>
                <code>{found.commitment.slice(0, 18)}…</code>
              </td>
            </tr>
          ))}
        </Table>
      )}
    </>
  )
}

function Answer({ found, act }: { found: DisputeView; act: DeskProps['act'] }) {
  const { isBusy, fault, doing } = useDoing()
  const name = `findings-${found.commitment.slice(2, 10)}`
  const submit = (event: Event) => {
    const { answer, [name]: findings } = valuesOf(event)
    const form = { commitment: found.commitment, subject: found.subject, answer, findings }
    return doing(() => act('resolve-dispute', form, 'The dispute is answered.'))
  }
  return (
    <section class="panel" aria-label={`Dispute of ${timeOf(found.disputedAt)}`}>
      <h2>
        Dispute of {timeOf(found.disputedAt)} <strong class="tag suspended">Answer owed</strong>
      </h2>
      <Facts
        facts={[
          ['Reason', wordsOf(found)],
          ['Record number', <code key="record">{found.commitment}</code>],
          [
            'By',
            found.isSubject
              ? 'The patient whom the record names'
              : 'A pseudonym that no record on the ledger names: ask for proof',
          ],
        ]}
      />
      <form noValidate onSubmit={submit}>
        <Faults message={fault} />
        <fieldset>
          <legend>Is the patient right?</legend>
          <label class="choice">
            <input type="radio" name="answer" value="upheld" /> Yes, the dispute is upheld
          </label>
          <label class="choice">
            <input type="radio" name="answer" value="dismissed" /> No, the dispute is dismissed
          </label>
        </fieldset>
        <Field
          name={name}
          label="Findings"
          hint="Kept in our files; the ledger gets a salted hash of them only"
        >
          <textarea id={name} name={name} rows={4} aria-describedby={`${name}-hint`} />
        </Field>
        <button type="submit" disabled={isBusy}>
          Answer the dispute
        </button>
      </form>
    </section>
  )
}
