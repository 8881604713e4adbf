import { Plus, Trash2 } from 'lucide'
import type { EmergencyContact } from '../../emergency-snapshots.ts'
import { Button } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { TextField } from '../components/field.tsx'
import type { Draft } from './draft.ts'

/** Whom helpers should call. */
export function ContactsChoice({
  contacts,
  onChange,
}: {
  contacts: readonly EmergencyContact[]
  onChange: (contacts: EmergencyContact[]) => void
}) {
  const change = (index: number, part: Partial<EmergencyContact>) =>
    onChange(contacts.map((one, at) => (at === index ? { ...one, ...part } : one)))
  return (
    <Card title="Whom to call">
      {contacts.map((contact, index) => (
        <fieldset class="emergency-person" key={index}>
          <legend class="hidden-text">Contact {index + 1}</legend>
          <TextField label="Name" value={contact.name} onInput={(name) => change(index, { name })} />
          <TextField
            label="Who they are to you"
            value={contact.relation}
            onInput={(relation) => change(index, { relation })}
          />
          <TextField label="Telephone" value={contact.phone} onInput={(phone) => change(index, { phone })} />
          <Button
            kind="quiet"
            icon={Trash2}
            label={`Remove contact ${index + 1}`}
            onClick={() => onChange(contacts.filter((_, at) => at !== index))}
          >
            Remove
          </Button>
        </fieldset>
      ))}
      {contacts.length < 6 && (
        <div>
          <Button icon={Plus} onClick={() => onChange([...contacts, { name: '', relation: '', phone: '' }])}>
            Add a contact
          </Button>
        </div>
      )}
    </Card>
  )
}

/** Who may stop an emergency besides the patient. */
export function GuardiansChoice({
  guardians,
  onChange,
}: {
  guardians: Draft['guardians']
  onChange: (guardians: Draft['guardians']) => void
}) {
  const change = (index: number, part: Partial<Draft['guardians'][number]>) =>
    onChange(guardians.map((one, at) => (at === index ? { ...one, ...part } : one)))
  return (
    <Card title="Who else may stop it">
      <p class="muted">
        A guardian is told when your card is used, and can stop it as you can. They cannot read anything. They
        need a Carekey of their own: their code stands on their emergency page.
      </p>
      {guardians.map((guardian, index) => (
        <fieldset class="emergency-person" key={index}>
          <legend class="hidden-text">Guardian {index + 1}</legend>
          <TextField label="Name" value={guardian.name} onInput={(name) => change(index, { name })} />
          <TextField
            label="Their guardian code"
            value={guardian.address}
            onInput={(address) => change(index, { address })}
          />
          <Button
            kind="quiet"
            icon={Trash2}
            label={`Remove guardian ${index + 1}`}
            onClick={() => onChange(guardians.filter((_, at) => at !== index))}
          >
            Remove
          </Button>
        </fieldset>
      ))}
      {guardians.length < 8 && (
        <div>
          <Button icon={Plus} onClick={() => onChange([...guardians, { name: '', address: '' }])}>
            Add a guardian
          </Button>
        </div>
      )}
    </Card>
  )
}
