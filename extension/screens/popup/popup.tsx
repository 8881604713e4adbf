import { Expand, KeyRound, Lock } from 'lucide'
import type { Status } from '../../snapshots.ts'
import { ask } from '../ask.ts'
import { Button } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Brand } from '../parts/brand.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { Unlock } from '../parts/unlock.tsx'
import { openApp } from '../platform.ts'
import { useAct, useSnapshot } from '../snapshot.ts'
import { LastRecords } from './last-records.tsx'
import { RelayLine } from './relay-line.tsx'
import { ThisSite } from './this-site.tsx'
import { Waiting } from './waiting.tsx'
import './popup.css'

/** Behind the toolbar button. `tall` is the side panel: the same lists with more room, without the site. */
export function Popup({ tall = false }: { tall?: boolean }) {
  const status = useSnapshot('status.get', {})
  return (
    <div class={`popup${tall ? ' popup-tall' : ''}`}>
      <Loaded snapshot={status} label="Opening Carekey…">
        {(ready) => {
          if (ready.vault === 'unlocked') return <Open status={ready} tall={tall} />
          return (
            <>
              <header class="popup-head">
                <Brand />
              </header>
              <main class="popup-main">{ready.vault === 'none' ? <NoVault /> : <Unlock />}</main>
            </>
          )
        }}
      </Loaded>
    </div>
  )
}

function NoVault() {
  return (
    <EmptyState alone icon={KeyRound} title="Your medical records, in your hands">
      <p>Carekey keeps them sealed, and asks you before anyone sees them.</p>
      <Button kind="primary" wide onClick={() => openApp('/welcome')}>
        Create your Carekey
      </Button>
      <Button wide onClick={() => openApp('/restore')}>
        I have a recovery sheet
      </Button>
    </EmptyState>
  )
}

function Open({ status, tall }: { status: Status; tall: boolean }) {
  const lock = useAct(() => ask('vault.lock', {}))
  return (
    <>
      <header class="popup-head">
        <Brand />
        <Button kind="quiet" icon={Lock} busy={lock.running && 'Locking…'} onClick={lock.run}>
          Lock
        </Button>
      </header>
      <main class="popup-main">
        <h1 class="hidden-text">Carekey</h1>
        <Failure error={lock.error} />
        {!tall && <ThisSite />}
        <Waiting />
        <LastRecords count={tall ? 12 : 3} />
      </main>
      <footer class="popup-foot">
        <RelayLine status={status} />
        <Button icon={Expand} wide onClick={() => openApp()}>
          Open full page
        </Button>
      </footer>
    </>
  )
}
