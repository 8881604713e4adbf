import { Building2, Share2 } from 'lucide'
import type { GrantView } from '../../snapshots.ts'
import { Badge } from '../components/card.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { List, ListRow } from '../components/list-row.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useSnapshot } from '../snapshot.ts'
import { grantBadge, grantedInWords, isLive } from './grants.ts'

/** Who may see what: running consents first, ended ones after. */
export function SharingPage() {
  const list = useSnapshot('grants.list', {})
  return (
    <>
      <div class="page-head">
        <h1>Sharing</h1>
        <p class="muted">Who may open your records now, and who could before.</p>
      </div>
      <Loaded snapshot={list} label="Fetching your consents…">
        {({ grants }) =>
          grants.length === 0 ? (
            <EmptyState icon={Share2} title="You share nothing">
              <p>
                When a hospital asks to see records and you approve, it is listed here. You can end it at any
                time.
              </p>
            </EmptyState>
          ) : (
            <>
              <Grants
                heading="Sharing now"
                grants={grants.filter(isLive)}
                none="Nobody can open your records now."
              />
              <Grants heading="Ended" grants={grants.filter((grant) => !isLive(grant))} />
            </>
          )
        }
      </Loaded>
    </>
  )
}

function Grants({ heading, grants, none }: { heading: string; grants: GrantView[]; none?: string }) {
  if (grants.length === 0 && !none) return null
  const sorted = [...grants].sort((one, other) => other.notBefore - one.notBefore)
  return (
    <section class="stack-small">
      <h2>{heading}</h2>
      {sorted.length === 0 && <p class="muted">{none}</p>}
      {sorted.length > 0 && (
        <List label={heading}>
          {sorted.map((grant) => {
            const { text, tone } = grantBadge(grant)
            return (
              <ListRow
                key={grant.grantId}
                icon={Building2}
                href={`#/sharing/${grant.grantId}`}
                title={grant.organization.name}
                note={grantedInWords(grant)}
                end={<Badge tone={tone}>{text}</Badge>}
              />
            )
          })}
        </List>
      )}
    </section>
  )
}
