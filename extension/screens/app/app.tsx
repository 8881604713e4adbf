import { useEffect } from 'preact/hooks'
import type { Status } from '../../snapshots.ts'
import { CarersPage } from '../care/carers-page.tsx'
import { CaringPage } from '../care/caring-page.tsx'
import { EmergencyCardPage } from '../emergency/emergency-card.tsx'
import { EmergencyForm } from '../emergency/emergency-form.tsx'
import { EmergencyPage } from '../emergency/emergency-page.tsx'
import { Restore } from '../onboarding/restore.tsx'
import { Welcome } from '../onboarding/welcome.tsx'
import { Brand } from '../parts/brand.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Unlock } from '../parts/unlock.tsx'
import { useSnapshot } from '../snapshot.ts'
import { ActivityPage } from './activity-page.tsx'
import { BillsPage } from './bills-page.tsx'
import { ChangePage } from './change-page.tsx'
import { CodesPage } from './codes-page.tsx'
import { GrantPage } from './grant-page.tsx'
import { RecordPage } from './record-page.tsx'
import { RecordsPage } from './records-page.tsx'
import { RequestsPage } from './requests-page.tsx'
import { goTo, type Route, sectionOf, useRoute } from './router.ts'
import { SettingsPage } from './settings-page.tsx'
import { SharingPage } from './sharing-page.tsx'
import { Shell } from './shell.tsx'
import './app.css'

/** The full page. Without a vault it leads through making or restoring one. */
export function App() {
  const status = useSnapshot('status.get', {})
  const route = useRoute()
  const vault = status.state === 'ready' ? status.value.vault : null
  const starting = route.page === 'welcome' || route.page === 'restore'
  useEffect(() => {
    if (vault === 'none' && !starting) goTo('/welcome')
  }, [vault, starting])
  useEffect(() => window.scrollTo(0, 0), [route.page])
  return (
    <Loaded snapshot={status} label="Opening Carekey…">
      {(ready) => {
        if (ready.vault === 'locked') {
          return (
            <Alone>
              <Unlock />
            </Alone>
          )
        }
        if (route.page === 'restore')
          return (
            <Alone>
              <Restore status={ready} />
            </Alone>
          )
        if (route.page === 'welcome' || ready.vault === 'none')
          return (
            <Alone>
              <Welcome status={ready} />
            </Alone>
          )
        return (
          <Shell section={sectionOf(route)} status={ready}>
            <Page route={route} status={ready} />
          </Shell>
        )
      }}
    </Loaded>
  )
}

/** One thing on the page, nothing beside it. */
function Alone({ children }: { children: preact.ComponentChildren }) {
  return (
    <div class="alone">
      <header class="alone-head">
        <Brand />
      </header>
      <main class="alone-main">{children}</main>
    </div>
  )
}

function Page({ route, status }: { route: Route; status: Status }) {
  switch (route.page) {
    case 'record':
      return <RecordPage id={route.id} />
    case 'bills':
      return <BillsPage />
    case 'sharing':
      return <SharingPage />
    case 'change':
      return <ChangePage id={route.id} />
    case 'codes':
      return <CodesPage id={route.id} />
    case 'grant':
      return <GrantPage id={route.id} />
    case 'emergency':
      return <Emergency view={route.view} />
    case 'activity':
      return <ActivityPage />
    case 'requests':
      return <RequestsPage />
    case 'carers':
      return <CarersPage />
    case 'caring':
      return <CaringPage />
    case 'settings':
      return <SettingsPage status={status} />
    case 'records':
      return <RecordsPage view={route.view} />
    default:
      return null
  }
}

function Emergency({ view }: { view: Extract<Route, { page: 'emergency' }>['view'] }) {
  if (view === 'prepare') return <EmergencyForm />
  return view === 'card' ? <EmergencyCardPage /> : <EmergencyPage />
}
