import { Plus } from 'lucide'
import { useState } from 'preact/hooks'
import { categoryEntries } from '../../../shared/fhir/categories.ts'
import { type EmergencySection, emergencySections } from '../../../shared/fhir/emergency-summary.ts'
import type { EmergencyEntry } from '../../emergency-snapshots.ts'
import { Button } from '../components/button.tsx'
import { Card } from '../components/card.tsx'
import { TextField } from '../components/field.tsx'
import { isSameEntry } from './draft.ts'

interface SummaryChoiceProps {
  suggested: readonly EmergencyEntry[]
  chosen: readonly EmergencyEntry[]
  onChange: (chosen: EmergencyEntry[]) => void
}

/** What helpers would read: lines of the patient's own records, each to be ticked, and lines of their own. */
export function SummaryChoice(props: SummaryChoiceProps) {
  return (
    <Card title="What helpers should know">
      <p class="muted">
        From your own records. Tick what should be read in an emergency; everything else stays closed.
      </p>
      {emergencySections.map((section) => (
        <SectionChoice key={section} section={section} {...props} />
      ))}
    </Card>
  )
}

function SectionChoice({
  section,
  suggested,
  chosen,
  onChange,
}: SummaryChoiceProps & { section: EmergencySection }) {
  const [typed, setTyped] = useState('')
  const heading = categoryEntries[section].heading
  const isChosen = (entry: EmergencyEntry) => chosen.some((one) => isSameEntry(one, entry))
  const own = chosen.filter((one) => !suggested.some((entry) => isSameEntry(one, entry)))
  const lines = [...suggested, ...own].filter((entry) => entry.section === section)
  const toggle = (entry: EmergencyEntry) =>
    onChange(isChosen(entry) ? chosen.filter((one) => !isSameEntry(one, entry)) : [...chosen, entry])
  const addAll = () => onChange([...chosen, ...lines.filter((entry) => !isChosen(entry))])
  const addTyped = () => {
    const entry = { section, text: typed.trim(), note: '' }
    if (entry.text !== '' && !isChosen(entry)) onChange([...chosen, entry])
    setTyped('')
  }
  return (
    <fieldset class="emergency-set">
      <legend>{heading}</legend>
      {lines.length === 0 && <p class="small muted">Your records say nothing here.</p>}
      <ul class="emergency-choices">
        {lines.map((entry) => (
          <li key={entry.text}>
            <label class="emergency-choice">
              <input type="checkbox" checked={isChosen(entry)} onChange={() => toggle(entry)} />
              <span>
                {entry.text}
                {entry.note && <span class="small muted emergency-note">{entry.note}</span>}
              </span>
            </label>
          </li>
        ))}
      </ul>
      {lines.filter((entry) => !isChosen(entry)).length > 1 && (
        <div>
          <Button kind="quiet" onClick={addAll}>
            Tick all {heading.toLowerCase()}
          </Button>
        </div>
      )}
      <div class="emergency-add">
        <TextField label={`Something else under ${heading.toLowerCase()}`} value={typed} onInput={setTyped} />
        <Button icon={Plus} disabled={typed.trim() === ''} onClick={addTyped}>
          Add
        </Button>
      </div>
    </fieldset>
  )
}
