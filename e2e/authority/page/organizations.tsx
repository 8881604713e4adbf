import { useEffect, useState } from 'preact/hooks'
import { call } from '../../portals/kit/page.ts'
import type { OfficeView, OrganizationDetails, OrganizationView } from '../views.ts'
import { useDoing, valuesOf } from './form.ts'
import type { Act, DeskProps } from './office.tsx'
import { OrganizationPage } from './organization.tsx'
import { dayOf, Faults, Field, StandingTag, Table } from './parts.tsx'

export function OrganizationsPage({ office }: { office: OfficeView }) {
  return (
    <>
      <h1>Organizations</h1>
      <a class="button" href="#/register">
        Register an organization
      </a>
      {office.organizations.length > 0 && (
        <Table
          caption="Organizations"
          isCaptionHidden
          heads={['Organization', 'Standing', 'Until', 'Practitioners']}
        >
          {office.organizations.map((found) => (
            <tr key={found.id}>
              <th scope="row">
                <a href={`#/organizations/${found.id}`}>{found.name}</a>
              </th>
              <td>
                <StandingTag standing={found.standing} />
              </td>
              <td>{dayOf(found.validUntil)}</td>
              <td>{office.practitioners.filter(({ organization }) => organization === found.id).length}</td>
            </tr>
          ))}
        </Table>
      )}
    </>
  )
}

/** One organization, and what an officer may do with it. */
export function OrganizationDesk({ id, office, act }: DeskProps & { id: string }) {
  const [details, setDetails] = useState<OrganizationDetails>()
  const current = office.organizations.find((found) => found.id === id)
  const height = office.head.blockNumber
  useEffect(() => {
    // Read anew with each block that the desk has seen.
    if (height >= 0) void call<OrganizationDetails>('GET', `/api/organizations/${id}`).then(setDetails)
  }, [id, height])
  if (!current) return <h1>No organization is registered under this number</h1>
  return (
    <>
      {details && <OrganizationPage details={details} />}
      <h2>Change this organization</h2>
      {current.suspended ? (
        <Reinstate organization={current} act={act} />
      ) : (
        <Suspend organization={current} act={act} />
      )}
      <RotateKey organization={current} act={act} />
    </>
  )
}

interface Props {
  organization: OrganizationView
  act: Act
}

function Suspend({ organization: { id, name }, act }: Props) {
  const [isAsked, setAsked] = useState(false)
  const { isBusy, fault, doing } = useDoing()
  const suspend = () => doing(() => act('suspend', { id }, `${name} is suspended.`))
  if (!isAsked) {
    return (
      <button type="button" class="danger" onClick={() => setAsked(true)}>
        Suspend
      </button>
    )
  }
  return (
    <section class="confirm" aria-label={`Suspend ${name}`}>
      <Faults message={fault} />
      <h3>Suspend {name}?</h3>
      <p>
        It can then write no new records, ask no patient, and open nothing that it was granted. What it wrote
        while accredited stays valid. You can reinstate it at any time.
      </p>
      <div class="buttons">
        <button type="button" class="danger" disabled={isBusy} onClick={suspend}>
          Yes, suspend it
        </button>
        <button type="button" class="secondary" onClick={() => setAsked(false)}>
          Cancel
        </button>
      </div>
    </section>
  )
}

function Reinstate({ organization: { id, name }, act }: Props) {
  const { isBusy, fault, doing } = useDoing()
  return (
    <>
      <Faults message={fault} />
      <button
        type="button"
        disabled={isBusy}
        onClick={() => doing(() => act('reinstate', { id }, `${name} is reinstated.`))}
      >
        Reinstate
      </button>
    </>
  )
}

function RotateKey({ organization: { id, name, recipient }, act }: Props) {
  const { isBusy, fault, doing } = useDoing()
  const submit = (event: Event) => {
    const form = { id, ...valuesOf(event) }
    return doing(() => act('rotate-key', form, `${name} has a new key.`))
  }
  return (
    <details>
      <summary>Replace its keys</summary>
      <form noValidate onSubmit={submit}>
        <Faults message={fault} />
        <Field name="signer" label="New signing address" hint="0x and 40 characters from 0 to 9 and a to f">
          <input
            id="signer"
            name="signer"
            autocomplete="off"
            spellcheck={false}
            aria-describedby="signer-hint"
          />
        </Field>
        <Field
          name="recipient"
          label="Sealing recipient"
          hint="Begins with age1pq1. Leave it as it is if only the signing key changes."
        >
          <textarea
            id="recipient"
            name="recipient"
            rows={4}
            spellcheck={false}
            aria-describedby="recipient-hint"
            defaultValue={recipient}
          />
        </Field>
        <button type="submit" disabled={isBusy}>
          Replace the keys
        </button>
      </form>
    </details>
  )
}
