import type { EmergencyView } from '../../emergency-snapshots.ts'
import type { OrganizationView } from '../../snapshots.ts'
import { Card } from '../components/card.tsx'
import { SelectField } from '../components/select-field.tsx'
import { durationInWords } from '../words/time.ts'
import type { Draft } from './draft.ts'
import { waitInWords, waits, windows } from './words.ts'

interface RulesProps {
  draft: Draft
  organizations: EmergencyView['organizations']
  onChange: (part: Partial<Draft>) => void
}

/** By whom, after what wait, for how long. */
export function RulesChoice({ draft, organizations, onChange }: RulesProps) {
  const { organizations: listed } = draft
  return (
    <Card title="Who may use the card, and when">
      <fieldset class="emergency-set">
        <legend>Who may use it</legend>
        <label class="emergency-choice">
          <input
            type="radio"
            name="who"
            checked={listed === null}
            onChange={() => onChange({ organizations: null })}
          />
          <span>Any emergency practitioner whom the health authority has accredited</span>
        </label>
        <label class="emergency-choice">
          <input
            type="radio"
            name="who"
            checked={listed !== null}
            onChange={() => onChange({ organizations: [] })}
          />
          <span>Only emergency practitioners of these organizations</span>
        </label>
        {listed !== null && (
          <OrganizationChoice
            organizations={organizations}
            chosen={listed}
            onChange={(chosen) => onChange({ organizations: chosen })}
          />
        )}
      </fieldset>
      <SelectField
        label="How long they wait before they can read"
        value={String(draft.waitSeconds)}
        onChange={(value) => onChange({ waitSeconds: Number(value) })}
        choices={waits.map((seconds) => [String(seconds), waitInWords(seconds)] as const)}
      />
      <SelectField
        label="How long they can read then"
        value={String(draft.windowSeconds)}
        onChange={(value) => onChange({ windowSeconds: Number(value) })}
        choices={windows.map((seconds) => [String(seconds), durationInWords(seconds)] as const)}
      />
    </Card>
  )
}

/** Who holds a part of the key, and how many must come together. */
export function HoldersChoice({ draft, organizations, onChange }: RulesProps) {
  const { holders } = draft
  const most = Math.max(2, holders.length)
  return (
    <Card title="Who keeps the key">
      <p class="muted">
        The key of your summary is split. Each of these keeps one part, which opens nothing by itself, and
        gives it out only while the ledger says that an emergency is open.
      </p>
      <fieldset class="emergency-set">
        <legend>Key holders</legend>
        <OrganizationChoice
          organizations={organizations}
          chosen={holders}
          onChange={(chosen) => onChange({ holders: chosen })}
        />
      </fieldset>
      <SelectField
        label="How many of them must come together"
        value={String(Math.min(draft.threshold, most))}
        onChange={(value) => onChange({ threshold: Number(value) })}
        choices={Array.from({ length: most - 1 }, (_, index) => {
          const count = String(index + 2)
          return [count, `${count} of ${most}`] as const
        })}
      />
      <p class="small muted">
        If so many of them are out of reach, nobody can read your summary. If as many of them work together
        against the rules, they can.
      </p>
    </Card>
  )
}

function OrganizationChoice({
  organizations,
  chosen,
  onChange,
}: {
  organizations: readonly OrganizationView[]
  chosen: readonly OrganizationView['id'][]
  onChange: (chosen: OrganizationView['id'][]) => void
}) {
  const toggle = (id: OrganizationView['id']) =>
    onChange(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id])
  const sorted = [...organizations].sort(
    (a, b) => Number(b.connectedAt !== null) - Number(a.connectedAt !== null) || a.name.localeCompare(b.name),
  )
  return (
    <ul class="emergency-choices">
      {sorted.map(({ id, name, connectedAt }) => (
        <li key={id}>
          <label class="emergency-choice">
            <input type="checkbox" checked={chosen.includes(id)} onChange={() => toggle(id)} />
            <span>
              {name}
              {connectedAt !== null && <span class="small muted emergency-note">You are connected</span>}
            </span>
          </label>
        </li>
      ))}
    </ul>
  )
}
