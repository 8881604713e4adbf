import {
  Eye,
  FileCheck,
  FileInput,
  Handshake,
  HeartHandshake,
  History,
  type IconNode,
  KeyRound,
  Share2,
  ShieldX,
  Siren,
} from 'lucide'
import { useState } from 'preact/hooks'
import type { AuditEntry } from '../../snapshots.ts'
import { EmptyState } from '../components/empty-state.tsx'
import { Icon } from '../components/icon.tsx'
import { SelectField } from '../components/select-field.tsx'
import { TechnicalDetails } from '../components/technical-details.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useSnapshot } from '../snapshot.ts'
import { capitalized, clockTime, dayInWords } from '../words/time.ts'
import { keptBy, organizationsIn, perDay, type SourceFilter, select } from './audit.ts'
import './activity-page.css'

const icons: Record<AuditEntry['event'], IconNode> = {
  'vault-created': KeyRound,
  'vault-restored': KeyRound,
  connected: Handshake,
  disconnected: Handshake,
  'deposit-offered': FileInput,
  'deposit-accepted': FileCheck,
  'deposit-declined': ShieldX,
  'deposit-failed': FileInput,
  anchored: FileCheck,
  'access-requested': KeyRound,
  'access-approved': Share2,
  'access-narrowed': Share2,
  'access-declined': ShieldX,
  'access-expired': ShieldX,
  granted: Share2,
  accessed: Eye,
  served: Eye,
  refused: ShieldX,
  revoked: ShieldX,
  'revocation-requested': ShieldX,
  disputed: ShieldX,
  withdrawn: ShieldX,
  exported: FileCheck,
  'review-granted': Share2,
  'sharing-changed': Share2,
  'care-given': HeartHandshake,
  'care-ended': ShieldX,
  'care-taken': HeartHandshake,
  'care-acted': ShieldX,
  'emergency-prepared': Siren,
  'emergency-withdrawn': Siren,
  'emergency-opened': Siren,
  'emergency-vetoed': ShieldX,
  'emergency-reviewed': FileCheck,
}

/** Everything that happened, from those who keep it: the ledger, the relay, this browser. */
export function ActivityPage() {
  const list = useSnapshot('audit.list', {})
  return (
    <>
      <div class="page-head">
        <h1>Activity</h1>
        <p class="muted">Every request, answer, opening and ending, and who keeps the note of it.</p>
      </div>
      <Loaded snapshot={list} label="Collecting from the ledger, your relay and this browser…">
        {({ entries }) =>
          entries.length === 0 ? (
            <EmptyState icon={History} title="Nothing has happened yet">
              <p>Whatever a hospital asks, gets or opens will be listed here, and so will your answers.</p>
            </EmptyState>
          ) : (
            <Entries entries={entries} />
          )
        }
      </Loaded>
    </>
  )
}

function Entries({ entries }: { entries: AuditEntry[] }) {
  const [source, setSource] = useState<SourceFilter>('all')
  const [organization, setOrganization] = useState('all')
  const shown = select(entries, source, organization)
  return (
    <>
      <div class="activity-tools">
        <SelectField
          label="Kept by"
          value={source}
          onChange={setSource}
          choices={[
            ['all', 'Everyone'],
            ['ledger', 'The ledger'],
            ['relay', 'Your relay'],
            ['here', 'This browser'],
          ]}
        />
        <SelectField
          label="Organization"
          value={organization}
          onChange={setOrganization}
          choices={[['all', 'All'], ...organizationsIn(entries)]}
        />
      </div>
      {shown.length === 0 && (
        <EmptyState icon={History} title="Nothing of this kind">
          <p>Choose “Everyone” and “All” to see everything.</p>
        </EmptyState>
      )}
      {perDay(shown, (at) => capitalized(dayInWords(at))).map(({ day, entries: ofDay }) => (
        <section class="stack-small" key={day}>
          <h2>{day}</h2>
          <ol class="activity" aria-label={day}>
            {ofDay.map((entry) => (
              <li key={entry.id}>
                <Icon node={icons[entry.event]} />
                <div class="activity-text">
                  <p>{entry.text}</p>
                  <p class="small muted">
                    {clockTime(entry.at)} · {keptBy[entry.source]}
                  </p>
                  <TechnicalDetails details={Object.entries(entry.details)} />
                </div>
              </li>
            ))}
          </ol>
        </section>
      ))}
    </>
  )
}
