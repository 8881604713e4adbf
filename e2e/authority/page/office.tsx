import { render } from 'preact'
import { useCallback, useEffect, useState } from 'preact/hooks'
import { call, failureOf } from '../../portals/kit/page.ts'
import type { OfficeView } from '../views.ts'
import { DisputesPage } from './disputes.tsx'
import { EmergenciesPage } from './emergencies.tsx'
import { Frame, useHash } from './frame.tsx'
import { OrganizationDesk, OrganizationsPage } from './organizations.tsx'
import { Done } from './parts.tsx'
import { PractitionersPage } from './practitioners.tsx'
import { RegisterPage } from './register.tsx'
import { SupportPage } from './support.tsx'

const refreshMs = 3_000
type Office = OfficeView & { who: string }

/** Does one act; resolves once it is in a block and the desk shows it. */
export type Act = (name: string, form: object, said: string) => Promise<void>
export interface DeskProps {
  office: OfficeView
  act: Act
}

function OfficePage() {
  const hash = useHash()
  const [office, setOffice] = useState<Office | null>()
  const [officers, setOfficers] = useState<string[]>([])
  const [done, setDone] = useState<{ said: string; at: string } | null>(null)
  const load = useCallback(
    () => call<Office | null>('GET', '/api/office').then(setOffice, () => undefined),
    [],
  )
  useEffect(() => {
    void load()
    void call<string[]>('GET', '/api/officers').then(setOfficers)
    const timer = setInterval(() => void load(), refreshMs)
    return () => clearInterval(timer)
  }, [load])

  const act: Act = async (name, form, said) => {
    setDone(null)
    const { blockNumber } = await call<{ blockNumber: number }>('POST', `/api/acts/${name}`, form)
    await load()
    setDone({ said: `${said} It is in block ${blockNumber}.`, at: location.hash })
  }
  const signIn = async (who: string) => {
    await call('POST', '/api/session', { who })
    await load()
  }
  const signOut = async () => {
    await call('DELETE', '/api/session')
    setDone(null)
    await load()
  }
  const back = hash === '' || hash === '/' ? undefined : backFrom(hash)
  return (
    <Frame section="office" who={office?.who} onLeave={signOut} back={office ? back : undefined}>
      {office === null && <SignIn officers={officers} onChoose={signIn} />}
      {office && done && (done.at === location.hash || hash === '/organizations') && <Done>{done.said}</Done>}
      {office && <Desk hash={hash} office={office} act={act} />}
    </Frame>
  )
}

const backFrom = (hash: string) =>
  hash.startsWith('/organizations/') || hash === '/register'
    ? { href: '#/organizations', text: 'Organizations' }
    : { href: '#', text: 'Desk' }

function Desk({ hash, office, act }: DeskProps & { hash: string }) {
  const [, page = '', id] = hash.split('/')
  if (page === 'organizations' && id) return <OrganizationDesk key={id} id={id} office={office} act={act} />
  if (page === 'organizations') return <OrganizationsPage office={office} />
  if (page === 'register') return <RegisterPage act={act} />
  if (page === 'practitioners') return <PractitionersPage office={office} act={act} />
  if (page === 'support') return <SupportPage office={office} act={act} />
  if (page === 'emergencies') return <EmergenciesPage office={office} act={act} />
  if (page === 'disputes') return <DisputesPage office={office} act={act} />
  return <Tasks office={office} />
}

function SignIn(props: { officers: string[]; onChoose: (who: string) => Promise<void> }) {
  const [fault, setFault] = useState<string | null>(null)
  return (
    <>
      <h1>Sign in to the officers’ desk</h1>
      <p>This is a demonstration: choose an officer, no password is asked.</p>
      {fault && (
        <p class="warning" role="alert">
          {fault}
        </p>
      )}
      <div class="buttons">
        {props.officers.map((who) => (
          <button
            key={who}
            type="button"
            onClick={() => props.onChoose(who).catch((error) => setFault(failureOf(error).message))}
          >
            Sign in as {who}
          </button>
        ))}
      </div>
    </>
  )
}

function Tasks({ office }: { office: OfficeView }) {
  const owed = office.emergencies.filter(({ isOwed }) => isOwed).length
  const waiting = office.disputes.filter(({ status }) => status === 'open').length
  const suspended = office.organizations.filter(({ standing }) => standing === 'suspended').length
  const tasks = [
    { href: '#/organizations', text: 'Organizations', state: counted(suspended, 'suspended') },
    { href: '#/register', text: 'Register an organization', state: '' },
    { href: '#/practitioners', text: 'Practitioners', state: `${office.practitioners.length} registered` },
    { href: '#/support', text: 'Who votes on whose records', state: `${office.support.length} approved` },
    { href: '#/emergencies', text: 'Emergency reviews', state: counted(owed, 'owed') },
    { href: '#/disputes', text: 'Disputes', state: counted(waiting, 'open') },
  ]
  return (
    <>
      <h1>Officers’ desk</h1>
      <ul class="tasks">
        {tasks.map(({ href, text, state }) => (
          <li key={href}>
            <a href={href}>{text}</a>
            {state && <span>{state}</span>}
          </li>
        ))}
      </ul>
    </>
  )
}

const counted = (count: number, what: string) => (count === 0 ? `None ${what}` : `${count} ${what}`)

const app = document.getElementById('app')
if (app) render(<OfficePage />, app)
