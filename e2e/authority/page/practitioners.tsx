import type { PractitionerView } from '../views.ts'
import { dayInYears, useDoing, valuesOf } from './form.ts'
import type { DeskProps } from './office.tsx'
import { dayOf, Faults, Field, StandingTag, Table } from './parts.tsx'

const roleWords = {
  physician: 'Physician',
  nurse: 'Nurse',
  pharmacist: 'Pharmacist',
  emergency: 'Emergency',
  administration: 'Administration',
} as const

export function PractitionersPage({ office, act }: DeskProps) {
  const { isBusy, fault, doing } = useDoing()
  const nameOf = (id: string) => office.organizations.find((found) => found.id === id)?.name ?? 'Unknown'
  const change = ({ id, suspended }: PractitionerView) =>
    doing(() =>
      suspended
        ? act('reinstate-practitioner', { id }, 'The practitioner is reinstated.')
        : act('suspend-practitioner', { id }, 'The practitioner is suspended.'),
    )
  return (
    <>
      <h1>Practitioners</h1>
      <p>
        The register holds no names: the organization knows who holds a key. A practitioner counts only while
        the organization is accredited, too.
      </p>
      <Faults message={fault} />
      {office.practitioners.length === 0 && <p class="inset">No practitioner is registered yet.</p>}
      {office.practitioners.length > 0 && (
        <Table
          caption="Practitioners"
          isCaptionHidden
          heads={['Number', 'Role', 'Organization', 'Standing', 'Until', '']}
        >
          {office.practitioners.map((found) => (
            <tr key={found.id}>
              <th scope="row">
                <code>{found.id.slice(0, 10)}</code>
              </th>
              <td>{roleWords[found.role]}</td>
              <td>{nameOf(found.organization)}</td>
              <td>
                <StandingTag standing={found.standing} />
              </td>
              <td>{dayOf(found.validUntil)}</td>
              <td>
                <button type="button" class="secondary small" disabled={isBusy} onClick={() => change(found)}>
                  {found.suspended ? 'Reinstate' : 'Suspend'}
                  <span class="unseen"> {found.id.slice(0, 10)}</span>
                </button>
              </td>
            </tr>
          ))}
        </Table>
      )}
      <NewPractitioner office={office} act={act} />
    </>
  )
}

function NewPractitioner({ office, act }: DeskProps) {
  const { isBusy, fault, doing } = useDoing()
  const submit = async (event: Event) => {
    const form = valuesOf(event)
    const element = event.currentTarget
    const isDone = await doing(() => act('register-practitioner', form, 'The practitioner is registered.'))
    if (isDone && element instanceof HTMLFormElement) element.reset()
  }
  return (
    <form noValidate onSubmit={submit}>
      <h2>Register a practitioner</h2>
      <Faults message={fault} />
      <Field
        name="identifier"
        label="Identifier"
        hint="An address that stays the same, such as https://clinic.example/practitioners/7"
      >
        <input
          id="identifier"
          name="identifier"
          type="url"
          autocomplete="off"
          aria-describedby="identifier-hint"
        />
      </Field>
      <Field name="organization" label="Organization">
        <select id="organization" name="organization">
          {office.organizations.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </Field>
      <Field name="role" label="Role" hint="Bounds what a practitioner may ask for and sign">
        <select id="role" name="role" aria-describedby="role-hint">
          {Object.entries(roleWords).map(([role, word]) => (
            <option key={role} value={role}>
              {word}
            </option>
          ))}
        </select>
      </Field>
      <Field name="signer" label="Signing address" hint="0x and 40 characters from 0 to 9 and a to f">
        <input
          id="signer"
          name="signer"
          autocomplete="off"
          spellcheck={false}
          aria-describedby="signer-hint"
        />
      </Field>
      <Field name="validUntil" label="Accredited until">
        <input id="validUntil" name="validUntil" type="date" class="short" defaultValue={dayInYears(1)} />
      </Field>
      <button type="submit" disabled={isBusy}>
        Register the practitioner
      </button>
    </form>
  )
}
