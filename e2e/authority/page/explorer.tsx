import { render } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import { call, failureOf } from '../../portals/kit/page.ts'
import type { OrganizationDetails, PublicView } from '../views.ts'
import { Frame, useHash } from './frame.tsx'
import { OrganizationPage } from './organization.tsx'
import { Bars, dayOf, StandingTag, Table } from './parts.tsx'
import { Statistics } from './statistics.tsx'

const refreshMs = 2_000

/** Asks again and again; keeps the last answer while the server does not. */
function useAnswer<T>(path: string | null): { answer: T | undefined; fault: string | null } {
  const [state, setState] = useState<{ path: string | null; answer?: T; fault: string | null }>({
    path,
    fault: null,
  })
  useEffect(() => {
    if (path === null) return
    let isOver = false
    const load = async () => {
      try {
        const answer = await call<T>('GET', path)
        if (!isOver) setState({ path, answer, fault: null })
      } catch (error) {
        if (!isOver) setState((former) => ({ ...former, path, fault: failureOf(error).message }))
      }
    }
    void load()
    const timer = setInterval(() => void load(), refreshMs)
    return () => {
      isOver = true
      clearInterval(timer)
    }
  }, [path])
  return { answer: state.path === path ? state.answer : undefined, fault: state.fault }
}

function Explorer() {
  const hash = useHash()
  const id = hash.startsWith('/organizations/') ? hash.slice('/organizations/'.length) : null
  const register = useAnswer<PublicView>(id === null ? '/api/public' : null)
  const one = useAnswer<OrganizationDetails>(id === null ? null : `/api/organizations/${id}`)
  const fault = id === null ? register.fault : one.fault
  return (
    <Frame section="register" back={id === null ? undefined : { href: '#', text: 'All organizations' }}>
      {fault && (
        <p class="warning" role="alert">
          {fault}
        </p>
      )}
      {id === null && register.answer && <Register view={register.answer} />}
      {id !== null && one.answer && <OrganizationPage details={one.answer} />}
    </Frame>
  )
}

function Register({ view }: { view: PublicView }) {
  const { organizations, totals, head } = view
  const accredited = organizations.filter(({ standing }) => standing === 'accredited').length
  const nameOf = (id: string) => organizations.find((found) => found.id === id)?.name ?? 'Unknown'
  return (
    <>
      <h1>Register of health organizations</h1>
      <p class="lead">
        Who may write health records and ask patients for them, since when, and how much is shared. Public,
        for everybody to check.
      </p>
      <ul class="figures">
        <Figure
          value={accredited}
          text={accredited === 1 ? 'accredited organization' : 'accredited organizations'}
        />
        <Figure value={totals.records} text="records signed by author and patient" />
        <Figure value={totals.grants} text="permissions given by patients" />
        <Figure value={head.blockNumber} text="blocks on the ledger" />
      </ul>

      <h2>Organizations</h2>
      {organizations.length === 0 && <p>No organization is registered yet.</p>}
      {organizations.length > 0 && (
        <Table
          caption="Registered organizations"
          isCaptionHidden
          heads={['Organization', 'Standing', 'Until', 'Portals']}
        >
          {organizations.map((found) => (
            <tr key={found.id}>
              <th scope="row">
                <a href={`#/organizations/${found.id}`}>{found.name}</a>
              </th>
              <td>
                <StandingTag standing={found.standing} />
              </td>
              <td>{dayOf(found.validUntil)}</td>
              <td>{found.origins.join(', ')}</td>
            </tr>
          ))}
        </Table>
      )}

      <h2>Records on the ledger</h2>
      {totals.byAuthor.length === 0 && <p class="inset">No record has been anchored yet.</p>}
      {totals.byAuthor.length > 0 && (
        <Bars
          caption="Records by the organization that wrote them"
          what="Organization"
          unit="Records"
          rows={totals.byAuthor.map(({ author, records }) => ({
            key: author,
            name: nameOf(author),
            value: records,
          }))}
        />
      )}
      <Bars
        caption="Records put to other organizations’ votes"
        what="Where they stand"
        unit="Records"
        rows={[
          { key: 'confirmed', name: 'Confirmed', value: totals.deposits.confirmed },
          { key: 'pending', name: 'Waiting for votes or the patient', value: totals.deposits.pending },
          { key: 'rejected', name: 'Not confirmed', value: totals.deposits.rejected },
        ]}
      />
      <Bars
        caption="What patients and organizations did"
        what="Act"
        unit="Times"
        rows={[
          { key: 'grants', name: 'Permissions given', value: totals.grants },
          { key: 'revocations', name: 'Permissions taken back', value: totals.revocations },
          { key: 'accesses', name: 'Readings logged', value: totals.accesses },
        ]}
      />
      <h2>Credits</h2>
      <p>
        An organization earns credits for records that others confirmed, twice as many if they came soon and
        passed the check. They fade within a year, cannot be traded, and count when the ledger’s block
        producers are chosen.
      </p>
      {view.standings.every(({ weight }) => weight === 0) ? (
        <p class="inset">No organization has earned credits yet.</p>
      ) : (
        <Bars
          caption="Standing by credits"
          what="Organization"
          unit="Credits"
          rows={view.standings.map(({ organization, name, weight }) => ({
            key: organization,
            name,
            value: weight,
          }))}
        />
      )}

      <Statistics counts={view.counts} />
      <p class="small">
        Read from {view.network.name} (chain {view.network.chainId}), block {head.blockNumber}.
      </p>
    </>
  )
}

const Figure = ({ value, text }: { value: number; text: string }) => (
  <li>
    <strong>{value.toLocaleString('en')}</strong> {text}
  </li>
)

const app = document.getElementById('app')
if (app) render(<Explorer />, app)
