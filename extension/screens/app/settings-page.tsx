import { useState } from 'preact/hooks'
import type { Status } from '../../snapshots.ts'
import { ask } from '../ask.ts'
import { ButtonLink } from '../components/button.tsx'
import { Badge, Card, Facts } from '../components/card.tsx'
import { SelectField } from '../components/select-field.tsx'
import { Failure } from '../parts/failure.tsx'
import { backupInWords, relayInWords } from '../parts/relay-words.ts'
import { useAct } from '../snapshot.ts'
import { momentInWords } from '../words/time.ts'
import { ConnectedHospitals } from './connected-hospitals.tsx'
import { IdentityExport } from './identity-export.tsx'
import { RecoveryWords } from './recovery-words.tsx'

export function SettingsPage({ status }: { status: Status }) {
  const relay = relayInWords(status)
  return (
    <>
      <h1>Settings</h1>
      <Card title="Lock">
        <AutoLock minutes={status.autoLockMinutes} />
      </Card>
      <Card
        title="Recovery words"
        action={
          status.phraseConfirmed ? (
            <Badge tone="good">Checked</Badge>
          ) : (
            <Badge tone="caution">Not checked</Badge>
          )
        }
      >
        <RecoveryWords confirmed={status.phraseConfirmed} relay={status.relay.origin} />
      </Card>
      <Card title="Relay and backup">
        <Facts
          facts={[
            ['Relay', `${new URL(status.relay.origin).host} (${status.networkName})`],
            ['Connection', `${relay.title}. ${relay.note}`],
            ['Backup', backupInWords(status, momentInWords)],
          ]}
        />
        <p class="small muted">
          The relay keeps sealed copies of your records and of your list of them. It cannot open either.
        </p>
      </Card>
      <ConnectedHospitals />
      <Card title="Carers">
        <p class="muted">
          Somebody you trust may act for you until a day that you choose; you may act for others.
        </p>
        <div class="row">
          <ButtonLink href="#/carers">Your carers</ButtonLink>
          <ButtonLink href="#/caring">People you care for</ButtonLink>
        </div>
      </Card>
      <Card title="Identity">
        <IdentityExport />
      </Card>
    </>
  )
}

const lockChoices = [5, 15, 30, 60, 240]

const minutesInWords = (minutes: number): string => {
  if (minutes < 60) return `${minutes} minutes`
  return minutes === 60 ? '1 hour' : `${minutes / 60} hours`
}

function AutoLock({ minutes }: { minutes: number }) {
  const [chosen, setChosen] = useState(minutes)
  const change = useAct(async (next: number) => {
    const before = chosen
    setChosen(next)
    try {
      await ask('vault.setAutoLock', { minutes: next })
    } catch (error) {
      setChosen(before)
      throw error
    }
  })
  const choices = [...new Set([...lockChoices, chosen])].sort((one, other) => one - other)
  return (
    <>
      <SelectField
        label="Lock by itself after"
        value={String(chosen)}
        onChange={(value) => change.run(Number(value))}
        choices={choices.map((choice) => [String(choice), minutesInWords(choice)] as const)}
      />
      <p class="small muted">Counted from the last thing you did in Carekey.</p>
      <Failure error={change.error} />
    </>
  )
}
