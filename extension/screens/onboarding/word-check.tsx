import { useState } from 'preact/hooks'
import { ask } from '../ask.ts'
import { Button } from '../components/button.tsx'
import { ErrorSummary, type FieldFault } from '../components/error-summary.tsx'
import { SecretField } from '../components/field.tsx'
import { Failure } from '../parts/failure.tsx'
import { useAct } from '../snapshot.ts'
import { listInWords } from '../words/sentences.ts'
import { drawPositions } from './word-positions.ts'

const checkedWords = 4
const idOf = (position: number) => `check-word-${position}`

/** Some of the 24 words, asked by their number. */
export function WordCheck({ onConfirmed }: { onConfirmed: () => void }) {
  const [positions] = useState(() => drawPositions(checkedWords))
  const [words, setWords] = useState<Record<number, string>>({})
  const [faults, setFaults] = useState<FieldFault[]>([])
  const check = useAct(async () => {
    const { confirmed } = await ask('vault.confirmPhrase', {
      answers: positions.map((position) => ({ position, word: cleaned(words[position]) })),
    })
    if (confirmed) {
      setWords({})
      onConfirmed()
      return
    }
    setFaults([
      {
        field: idOf(positions[0] ?? 1),
        message: `Not all of the words ${listInWords(positions.map(String))} are those on your sheet. Compare each one.`,
      },
    ])
  })
  const submit = () => {
    const empty = positions.filter((position) => cleaned(words[position]) === '')
    setFaults(empty.map((position) => ({ field: idOf(position), message: `Enter word ${position}` })))
    if (empty.length === 0) check.run()
  }
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
    >
      <ErrorSummary faults={faults} />
      <p>Look at your sheet and enter these words.</p>
      <div class="word-fields word-fields-few">
        {positions.map((position) => (
          <SecretField
            key={position}
            id={idOf(position)}
            label={`Word ${position}`}
            value={words[position] ?? ''}
            onInput={(word) => setWords((before) => ({ ...before, [position]: word }))}
            error={
              faults.length > 1 || cleaned(words[position]) === ''
                ? faults.find(({ field }) => field === idOf(position))?.message
                : undefined
            }
          />
        ))}
      </div>
      <Failure error={check.error} />
      <div>
        <Button kind="primary" type="submit" busy={check.running && 'Checking…'}>
          Check the words
        </Button>
      </div>
    </form>
  )
}

const cleaned = (word: string | undefined) => (word ?? '').trim().toLowerCase()
