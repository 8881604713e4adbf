import type { Commitment } from '../../shared/protocol/ids.ts'
import type { AccessView } from '../snapshots.ts'

/** The records that the reader would open. What is not in it is not opened, whatever else the request lists. */
export type Selection = ReadonlySet<Commitment>

type AskedCategory = AccessView['categories'][number]

/** Everything asked for, except what is shielded: that starts unchosen. */
export const initialSelection = ({ categories }: Pick<AccessView, 'categories'>): Selection =>
  new Set(
    categories
      .filter(({ shielded }) => !shielded)
      .flatMap(({ records }) => records.map(({ commitment }) => commitment)),
  )

export function choose(selection: Selection, commitments: readonly Commitment[], chosen: boolean): Selection {
  const next = new Set(selection)
  for (const commitment of commitments) {
    if (chosen) next.add(commitment)
    else next.delete(commitment)
  }
  return next
}

export const chosenIn = ({ records }: AskedCategory, selection: Selection): number =>
  records.filter(({ commitment }) => selection.has(commitment)).length

/** Chosen records by category, for a sentence. */
export const chosenCounts = ({ categories }: Pick<AccessView, 'categories'>, selection: Selection) =>
  categories.map((asked) => ({ category: asked.category, count: chosenIn(asked, selection) }))

/** What to open, in the order shown: chosen and still offered. */
export const chosenCommitments = (
  { categories }: Pick<AccessView, 'categories'>,
  selection: Selection,
): Commitment[] =>
  categories.flatMap(({ records }) =>
    records.map(({ commitment }) => commitment).filter((commitment) => selection.has(commitment)),
  )

export const recordsOffered = ({ categories }: Pick<AccessView, 'categories'>): number =>
  categories.reduce((sum, { records }) => sum + records.length, 0)
