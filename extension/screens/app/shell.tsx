import {
  FolderHeart,
  History,
  type IconNode,
  Inbox,
  Lock,
  ReceiptText,
  Settings,
  Share2,
  Siren,
} from 'lucide'
import type { ComponentChildren } from 'preact'
import type { Status } from '../../snapshots.ts'
import { ask } from '../ask.ts'
import { Banner } from '../components/banner.tsx'
import { Button } from '../components/button.tsx'
import { Icon } from '../components/icon.tsx'
import { EmergencyAlert } from '../emergency/emergency-alert.tsx'
import { Brand } from '../parts/brand.tsx'
import { Failure } from '../parts/failure.tsx'
import { useAct } from '../snapshot.ts'
import { type Section, sections } from './router.ts'
import './shell.css'

const entries: Record<Section, { text: string; icon: IconNode }> = {
  records: { text: 'Records', icon: FolderHeart },
  bills: { text: 'Bills', icon: ReceiptText },
  sharing: { text: 'Sharing', icon: Share2 },
  emergency: { text: 'Emergency', icon: Siren },
  activity: { text: 'Activity', icon: History },
  requests: { text: 'Requests', icon: Inbox },
  settings: { text: 'Settings', icon: Settings },
}

/** The frame of the full page: where one can go on the left (at the bottom where it is narrow), the place itself beside. */
export function Shell({
  section,
  status,
  children,
}: {
  section: Section
  status: Status
  children: ComponentChildren
}) {
  const lock = useAct(() => ask('vault.lock', {}))
  return (
    <div class="shell">
      <header class="shell-head">
        <Brand />
        <Button kind="quiet" icon={Lock} busy={lock.running && 'Locking…'} onClick={lock.run}>
          Lock
        </Button>
      </header>
      <nav class="shell-nav" aria-label="Carekey">
        <ul>
          {sections.map((one) => (
            <li key={one}>
              <a href={`#/${one}`} aria-current={one === section ? 'page' : undefined}>
                <Icon node={entries[one].icon} />
                <span>{entries[one].text}</span>
                {one === 'requests' && status.waiting > 0 && (
                  <span class="shell-count">
                    {status.waiting}
                    <span class="hidden-text"> waiting</span>
                  </span>
                )}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main class="shell-main">
        <Failure error={lock.error} />
        {section !== 'emergency' && <EmergencyAlert />}
        {!status.phraseConfirmed && section !== 'settings' && (
          <Banner tone="caution" title="Your 24 words are not checked yet">
            <p>
              Without them, nothing brings your records back if this browser is lost.{' '}
              <a href="#/welcome">Check them now</a>
            </p>
          </Banner>
        )}
        {children}
      </main>
    </div>
  )
}
