import { ShieldCheck } from 'lucide'
import { useState } from 'preact/hooks'
import type { EmergencyView } from '../../emergency-snapshots.ts'
import { ask } from '../ask.ts'
import { Button } from '../components/button.tsx'
import { Card, Facts } from '../components/card.tsx'
import { TextField } from '../components/field.tsx'
import { Failure } from '../parts/failure.tsx'
import { useAct } from '../snapshot.ts'
import { listed } from './words.ts'

/** For whoever looks after somebody else: their own code, and the note that they were given. */
export function GuardianCard({ guardian }: Pick<EmergencyView, 'guardian'>) {
  const [note, setNote] = useState('')
  const take = useAct(async () => {
    await ask('emergency.guard', { note })
    setNote('')
  })
  return (
    <Card title="You as a guardian">
      <p class="muted">
        Somebody may name you as their guardian. Give them your code; they give you a note. Then Carekey tells
        you when their card is used, and you can stop it.
      </p>
      <Facts
        facts={[
          [
            'Your guardian code',
            <code class="emergency-code" translate={false}>
              {guardian.address}
            </code>,
          ],
          ['You guard', guardian.guarded.length === 0 ? 'Nobody so far' : listed(guardian.guarded)],
        ]}
      />
      <div class="emergency-add">
        <TextField label="A guardian’s note that you were given" value={note} onInput={setNote} />
        <Button
          icon={ShieldCheck}
          disabled={note.trim() === ''}
          busy={take.running && 'Reading it…'}
          onClick={take.run}
        >
          Take it in
        </Button>
      </div>
      <Failure error={take.error} />
    </Card>
  )
}
