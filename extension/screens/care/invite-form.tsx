import { useState } from 'preact/hooks'
import type { DelegateRole } from '../../../shared/protocol/delegation.ts'
import type { OrganizationView } from '../../snapshots.ts'
import { ask } from '../ask.ts'
import { Button } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { TextField } from '../components/field.tsx'
import { SelectField } from '../components/select-field.tsx'
import { Failure } from '../parts/failure.tsx'
import { useAct } from '../snapshot.ts'
import { momentInWords, readerNow } from '../words/time.ts'
import { roleInWords } from './words.ts'

const day = 24 * 60 * 60
const periods = [
  ['7', '7 days'],
  ['30', '30 days'],
  ['182', 'Half a year'],
  ['365', 'A year'],
] as const

/** The least first. */
const roles = ['watch', 'revoke-only', 'decide'] as const satisfies DelegateRole[]

/** For whose records, in which role, until when. */
export function InviteForm({
  organizations,
  onClose,
}: {
  organizations: readonly OrganizationView[]
  onClose: () => void
}) {
  const [carer, setCarer] = useState('')
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<string>(organizations[0]?.id ?? '')
  const [role, setRole] = useState<DelegateRole>('watch')
  const [days, setDays] = useState<(typeof periods)[number][0]>('30')
  const [now] = useState(() => readerNow().now)
  const notAfter = now + Number(days) * day
  const organization = organizations.find(({ id }) => id === chosen)
  const invite = useAct(async () => {
    if (!organization) return
    await ask('care.invite', { carer, name, organization: organization.id, role, notAfter })
    onClose()
  })
  const isWhole = carer.trim() !== '' && name.trim() !== '' && organization !== undefined
  return (
    <Card title="Invite a carer">
      <TextField label="Your carer’s name" hint="Only you see it." value={carer} onInput={setCarer} />
      <TextField label="Your name, as they know you" value={name} onInput={setName} />
      <SelectField
        label="Towards which hospital"
        value={chosen}
        choices={organizations.map((one) => [one.id, one.name] as const)}
        onChange={setChosen}
      />
      <fieldset class="care-choices">
        <legend class="field-label">What they may do</legend>
        {roles.map((one) => (
          <label class="care-choice" key={one}>
            <input type="radio" name="role" checked={role === one} onChange={() => setRole(one)} />
            <span>
              <strong>{roleInWords[one].name}.</strong> {roleInWords[one].note}
            </span>
          </label>
        ))}
      </fieldset>
      {role === 'decide' && (
        <p class="small muted">
          To let a hospital open a record takes the record’s key, and that stays with you. So from their
          Carekey they can end consents, and give none. Yet whoever can sign as they do may put a consent on
          the ledger for you: choose this only for somebody whom you would let decide.
        </p>
      )}
      <SelectField label="For how long" value={days} choices={periods} onChange={setDays} />
      <p class="small muted">Ends by itself: {momentInWords(notAfter)}. You can end it at any time before.</p>
      <div class="row">
        <Button onClick={onClose}>Cancel</Button>
        <Button
          kind="primary"
          disabled={!isWhole}
          busy={invite.running && 'Writing it…'}
          onClick={invite.run}
        >
          Write the invitation
        </Button>
      </div>
      <Failure error={invite.error} />
    </Card>
  )
}
