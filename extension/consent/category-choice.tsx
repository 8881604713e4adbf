import { ChevronDown, ChevronRight } from 'lucide'
import { useId, useState } from 'preact/hooks'
import { categoryEntries, countInWords } from '../../shared/fhir/categories.ts'
import { Icon } from '../screens/components/icon.tsx'
import { dateInWords } from '../screens/words/time.ts'
import type { AccessView } from '../snapshots.ts'
import { choose, chosenIn, type Selection } from './selection.ts'

interface CategoryChoiceProps {
  asked: AccessView['categories'][number]
  selection: Selection
  onSelect: (selection: Selection) => void
}

/** One category asked for: counted, removable as a whole, and open to the exact records, each removable too. */
export function CategoryChoice({ asked, selection, onSelect }: CategoryChoiceProps) {
  const { category, shielded, records } = asked
  const [open, setOpen] = useState(false)
  const id = useId()
  const { heading, many } = categoryEntries[category]
  const total = records.length
  const chosen = chosenIn(asked, selection)
  if (total === 0) return <li class="category-choice category-choice-none">No {many} here</li>

  const all = records.map(({ commitment }) => commitment)
  const count =
    chosen === total || chosen === 0
      ? countInWords(category, total)
      : `${chosen} of ${countInWords(category, total)}`
  return (
    <li class="category-choice">
      <div class="category-choice-head">
        <label class="choice">
          <input
            type="checkbox"
            checked={chosen === total}
            indeterminate={chosen > 0 && chosen < total}
            onChange={() => onSelect(choose(selection, all, chosen < total))}
          />
          <span>
            {count}
            {chosen === 0 && <span class="muted"> (left out)</span>}
          </span>
        </label>
        <button
          type="button"
          class="disclosure"
          aria-expanded={open}
          aria-controls={id}
          aria-label={`${open ? 'Hide' : 'Show'} ${heading.toLowerCase()}`}
          onClick={() => setOpen(!open)}
        >
          {open ? 'Hide' : 'Show'}
          <Icon node={open ? ChevronDown : ChevronRight} size={16} />
        </button>
      </div>
      {shielded && (
        <p class="small muted category-choice-note">Specially protected: left out unless you tick it.</p>
      )}
      <ul id={id} class="record-choices" hidden={!open}>
        {open &&
          records.map((record) => (
            <li key={record.commitment}>
              <label class="choice">
                <input
                  type="checkbox"
                  checked={selection.has(record.commitment)}
                  onChange={(event) =>
                    onSelect(choose(selection, [record.commitment], event.currentTarget.checked))
                  }
                />
                <span>
                  {record.title}
                  <span class="small muted record-choice-note">
                    {dateInWords(record.period.end)}, {record.author.name}
                  </span>
                </span>
              </label>
            </li>
          ))}
      </ul>
    </li>
  )
}
