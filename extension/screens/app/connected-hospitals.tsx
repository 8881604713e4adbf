import { Building2, Unplug } from 'lucide'
import { useState } from 'preact/hooks'
import type { OrganizationView } from '../../snapshots.ts'
import { ask } from '../ask.ts'
import { Button } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { Dialog } from '../components/dialog.tsx'
import { List, ListRow } from '../components/list-row.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { useAct, useSnapshot } from '../snapshot.ts'
import { standingInWords } from '../words/sentences.ts'
import { momentInWords } from '../words/time.ts'

export function ConnectedHospitals() {
  const list = useSnapshot('connections.list', {})
  const [leaving, setLeaving] = useState<OrganizationView | null>(null)
  return (
    <Card title="Connected hospitals">
      <Loaded snapshot={list} label="Fetching your connections…">
        {({ organizations }) => (
          <>
            {organizations.length === 0 && (
              <p class="muted">None yet. You connect on a hospital’s own page.</p>
            )}
            {organizations.length > 0 && (
              <List label="Connected hospitals">
                {organizations.map((organization) => (
                  <ListRow
                    key={organization.id}
                    icon={Building2}
                    title={organization.name}
                    note={
                      organization.connectedAt === null
                        ? `${standingInWords(organization)} The connection has ended.`
                        : `${standingInWords(organization)} Connected ${momentInWords(organization.connectedAt)}.`
                    }
                    end={
                      organization.connectedAt !== null &&
                      organization.origin && (
                        <Button
                          kind="quiet"
                          icon={Unplug}
                          label={`Remove ${organization.name}`}
                          onClick={() => setLeaving(organization)}
                        >
                          Remove
                        </Button>
                      )
                    }
                  />
                ))}
              </List>
            )}
          </>
        )}
      </Loaded>
      {leaving && <Leave organization={leaving} onClose={() => setLeaving(null)} />}
    </Card>
  )
}

function Leave({ organization, onClose }: { organization: OrganizationView; onClose: () => void }) {
  const { name, origin } = organization
  const leave = useAct(async () => {
    if (origin) await ask('site.remove', { origin })
    onClose()
  })
  return (
    <Dialog
      title={`Remove ${name}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="danger" busy={leave.running && 'Removing…'} onClick={leave.run}>
            Remove
          </Button>
        </>
      }
    >
      <p>
        The connection ends. Its page will not find Carekey in this browser any more, until you invite it
        again.
      </p>
      <p>Records it sent stay yours. What you share with it goes on until you end it under Sharing.</p>
      <Failure error={leave.error} />
    </Dialog>
  )
}
