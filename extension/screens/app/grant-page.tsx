import { ArrowLeft, FileDown, FileX2, Hand, Pencil, QrCode } from 'lucide'
import { useState } from 'preact/hooks'
import { purposes } from '../../../shared/protocol/purposes.ts'
import type { GrantView } from '../../snapshots.ts'
import { ask } from '../ask.ts'
import { Banner } from '../components/banner.tsx'
import { Button, ButtonLink } from '../components/button.tsx'
import { Badge, Card, Facts } from '../components/card.tsx'
import { Dialog } from '../components/dialog.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Icon } from '../components/icon.tsx'
import { List } from '../components/list-row.tsx'
import { TechnicalDetails } from '../components/technical-details.tsx'
import { Failure } from '../parts/failure.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { RecordRow } from '../parts/record-row.tsx'
import { downloadText } from '../platform.ts'
import { useAct, useSnapshot } from '../snapshot.ts'
import { standingInWords } from '../words/sentences.ts'
import { capitalized, momentInWords } from '../words/time.ts'
import { grantBadge, isLive, openedInWords } from './grants.ts'

/** One consent: what it opens, until when, what was opened, and the way to end it. */
export function GrantPage({ id }: { id: string }) {
  const list = useSnapshot('grants.list', {})
  return (
    <>
      <a class="back" href="#/sharing">
        <Icon node={ArrowLeft} size={16} />
        All sharing
      </a>
      <Loaded snapshot={list} label="Fetching this consent…">
        {({ grants }) => {
          const grant = grants.find(({ grantId }) => grantId === id)
          return grant ? (
            <OneGrant grant={grant} />
          ) : (
            <EmptyState alone tone="neutral" icon={FileX2} title="This consent is not here" />
          )
        }}
      </Loaded>
    </>
  )
}

function OneGrant({ grant }: { grant: GrantView }) {
  const { organization, records } = grant
  const { text, tone } = grantBadge(grant)
  return (
    <>
      <div class="page-head">
        <h1>{organization.name}</h1>
        <div>
          <Badge tone={tone}>{text}</Badge>
        </div>
      </div>
      {grant.replacedBy && (
        <Banner tone="info">
          <p>
            You changed this consent. <a href={`#/sharing/${grant.replacedBy}`}>See what took its place</a>
          </p>
        </Banner>
      )}
      <Card>
        <Facts
          facts={[
            ['Who', standingInWords(organization)],
            ['Why', whyInWords(grant)],
            ['From', capitalized(momentInWords(grant.notBefore))],
            ['Until', capitalized(momentInWords(grant.notAfter))],
          ]}
        />
        <TechnicalDetails
          details={[
            ['Grant on the ledger', grant.grantId],
            ['Organization', organization.id],
            ['Purpose code', grant.purpose],
          ]}
        />
      </Card>
      <section class="stack-small">
        <h2>What it opens</h2>
        <List label="What it opens">
          {records.map((record) => (
            <RecordRow key={record.commitment} record={record} href={`#/record/${record.commitment}`} />
          ))}
        </List>
      </section>
      <Opened grant={grant} />
      {grant.status === 'active' && !grant.reviewFor && (
        <div>
          <ButtonLink icon={Pencil} href={`#/sharing/${grant.grantId}/change`}>
            Change this consent
          </ButtonLink>
        </div>
      )}
      {isLive(grant) && <End grant={grant} />}
      <Export grant={grant} />
    </>
  )
}

const whyInWords = ({ purpose, reviewFor }: GrantView): string =>
  reviewFor ? `To check a record that ${reviewFor.name} wrote` : capitalized(purposes[purpose])

const keepers = {
  ledger: 'written on the ledger',
  relay: 'served by your relay',
  node: 'served by this browser',
}

function Opened({ grant: { opened, records } }: { grant: GrantView }) {
  const titleOf = (commitment: string | null) =>
    records.find((record) => record.commitment === commitment)?.title ?? 'What you shared'
  return (
    <Card title="What they opened">
      {opened.length === 0 && <p class="muted">Nothing so far.</p>}
      {opened.length > 0 && (
        <Facts
          facts={[...opened]
            .sort((one, other) => other.at - one.at)
            .map(({ at, commitment, by }) => [
              capitalized(momentInWords(at)),
              `${titleOf(commitment)}, ${keepers[by]}`,
            ])}
        />
      )}
    </Card>
  )
}

function End({ grant }: { grant: GrantView }) {
  const [asking, setAsking] = useState(false)
  const { name } = grant.organization
  const revoke = useAct(async () => {
    await ask('grants.revoke', { grantId: grant.grantId })
    setAsking(false)
  })
  if (grant.status === 'revoking') {
    return (
      <Banner tone="info" title="Being ended">
        <p>Your relay and this browser give {name} nothing any more. The ledger will show it in a moment.</p>
      </Banner>
    )
  }
  return (
    <div>
      <Button kind="danger" icon={Hand} onClick={() => setAsking(true)}>
        Stop sharing
      </Button>
      {asking && (
        <Dialog
          title={`Stop sharing with ${name}?`}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Keep sharing</Button>
              <Button kind="danger" busy={revoke.running && 'Ending it…'} onClick={revoke.run}>
                Stop sharing now
              </Button>
            </>
          }
        >
          <p>
            From now on, your relay and this browser give {name} nothing, and the ledger shows that you ended
            it.
          </p>
          <p>
            {name} {openedInWords(grant)}.
            {grant.opened.length > 0 && ' What was opened cannot be unseen, and may have been copied.'}
          </p>
          <Failure error={revoke.error} />
        </Dialog>
      )}
    </div>
  )
}

function Export({ grant }: { grant: GrantView }) {
  const save = useAct(async () => {
    const { json, filename } = await ask('grants.export', { grantId: grant.grantId })
    downloadText(json, filename, 'application/json')
  })
  return (
    <Card title="Keep a copy">
      <p class="muted">
        Your signed consent and a signed ending of it, as a file or as codes to print. If your relay is ever
        gone, anyone can hand it to the ledger for you.
      </p>
      <div class="row">
        <Button icon={FileDown} busy={save.running && 'Making the file…'} onClick={save.run}>
          Export this consent
        </Button>
        <ButtonLink icon={QrCode} href={`#/sharing/${grant.grantId}/codes`}>
          Show as codes
        </ButtonLink>
      </div>
      <Failure error={save.error} />
    </Card>
  )
}
