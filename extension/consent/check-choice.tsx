import { listInWords } from '../screens/words/sentences.ts'
import { momentInWords } from '../screens/words/time.ts'
import type { DepositView } from '../snapshots.ts'

interface CheckChoiceProps {
  author: string
  review: NonNullable<DepositView['review']>
  /** Null until the reader has said one or the other. */
  chosen: boolean | null
  onChoose: (letReview: boolean) => void
}

/** Whether others may read the record to check it: two answers of equal weight, neither chosen before. */
export function CheckChoice({ author, review, chosen, onChoose }: CheckChoiceProps) {
  const answers = [
    { value: true, text: `Yes, until ${momentInWords(review.votingUntil)}` },
    { value: false, text: 'No, nobody else reads it' },
  ]
  return (
    <fieldset class="answer">
      <legend>May others check it?</legend>
      <p>
        {author} asks {checkersInWords(review)} to read this one record and to check that it is right.
      </p>
      {answers.map(({ value, text }) => (
        <label class="choice" key={text}>
          <input type="radio" name="check" checked={chosen === value} onChange={() => onChoose(value)} />
          <span>{text}</span>
        </label>
      ))}
    </fieldset>
  )
}

/** More than these are counted, not named. */
const namedAtMost = 3

/** "Elm Clinic and Northfield Hospital" */
export function checkersInWords({
  supporters,
}: Pick<NonNullable<DepositView['review']>, 'supporters'>): string {
  if (supporters.length > namedAtMost) return `${supporters.length} other hospitals`
  return listInWords(supporters.map(({ name }) => name))
}
