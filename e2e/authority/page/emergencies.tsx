import type { EmergencyView } from '../views.ts'
import { useDoing, valuesOf } from './form.ts'
import type { DeskProps } from './office.tsx'
import { Facts, Faults, Field, Table, timeOf } from './parts.tsx'

const stateWords = { waiting: 'Waiting', open: 'Open', vetoed: 'Vetoed', closed: 'Closed' } as const
const reasonWords = {
  'cannot-consent': 'The patient could not be asked',
  'cannot-be-reached': 'Whoever decides for the patient could not be reached',
  'danger-to-life': 'The patient’s life was in danger',
  other: 'Another reason',
} as const

/** Every emergency access owes a review; here officers state what it has found. */
export function EmergenciesPage({ office, act }: DeskProps) {
  const owed = office.emergencies.filter(({ isOwed }) => isOwed)
  const others = office.emergencies.filter(({ isOwed }) => !isOwed)
  const organizationOf = (found: EmergencyView) => {
    const who = office.practitioners.find(({ id }) => id === found.practitioner)
    return office.organizations.find(({ id }) => id === who?.organization)?.name ?? 'Unknown'
  }
  return (
    <>
      <h1>Emergency reviews</h1>
      <p>
        A practitioner may open an emergency summary without the patient’s word, within what the patient
        prepared. Each such case is public without a name, and each owes a review.
      </p>
      {owed.length === 0 && <p class="inset">No review is owed.</p>}
      {owed.map((found) => (
        <Review key={found.id} found={found} organization={organizationOf(found)} act={act} />
      ))}
      {others.length > 0 && (
        <Table caption="Other cases" heads={['Opened', 'Organization', 'Reason', 'State', 'Review']}>
          {others.map((found) => (
            <tr key={found.id}>
              <th scope="row">{timeOf(found.openedAt)}</th>
              <td>{organizationOf(found)}</td>
              <td>{reasonWords[found.reason]}</td>
              <td>{stateWords[found.state]}</td>
              <td>
                {found.review ? (found.review.justified ? 'Justified' : 'Not justified') : 'Once it is over'}
              </td>
            </tr>
          ))}
        </Table>
      )}
    </>
  )
}

function Review(props: { found: EmergencyView; organization: string; act: DeskProps['act'] }) {
  const { found, act } = props
  const { isBusy, fault, doing } = useDoing()
  const name = `findings-${found.id.slice(2, 10)}`
  const submit = (event: Event) => {
    const { verdict, [name]: findings } = valuesOf(event)
    const form = { id: found.id, patient: found.patient, verdict, findings }
    return doing(() => act('review-emergency', form, 'The review is stated.'))
  }
  return (
    <section class="panel" aria-label={`Case of ${timeOf(found.openedAt)}`}>
      <h2>
        Case of {timeOf(found.openedAt)} <strong class="tag suspended">Review owed</strong>
      </h2>
      <Facts
        facts={[
          ['Opened by', `An emergency practitioner of ${props.organization}`],
          ['Reason', reasonWords[found.reason]],
          ['Ended', found.state === 'vetoed' ? `Vetoed, ${timeOf(found.vetoedAt)}` : timeOf(found.closesAt)],
        ]}
      />
      <form noValidate onSubmit={submit}>
        <Faults message={fault} />
        <fieldset>
          <legend>Was it right to open it?</legend>
          <label class="choice">
            <input type="radio" name="verdict" value="justified" /> Yes, it was justified
          </label>
          <label class="choice">
            <input type="radio" name="verdict" value="unjustified" /> No, it was not justified
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
          State the review
        </button>
      </form>
    </section>
  )
}
