import { useState } from 'preact/hooks'
import { dayInYears, useDoing, valuesOf } from './form.ts'
import type { Act } from './office.tsx'
import { dayOf, Facts, Faults, Field } from './parts.tsx'

const usualYears = 2

/** Two steps: the form, then the answers to check. */
export function RegisterPage({ act }: { act: Act }) {
  const [answers, setAnswers] = useState<Record<string, string>>({ validUntil: dayInYears(usualYears) })
  const [isChecking, setChecking] = useState(false)
  const { isBusy, fault, doing } = useDoing()
  if (!isChecking) {
    return (
      <AnswersForm
        answers={answers}
        fault={fault}
        onSubmit={(given) => {
          setAnswers(given)
          setChecking(true)
        }}
      />
    )
  }
  const register = async () => {
    const isDone = await doing(() => act('register', answers, `${answers.name} is registered.`))
    if (isDone) location.hash = '/organizations'
    else setChecking(false)
  }
  return (
    <>
      <h1>Check the answers before you register</h1>
      <Facts
        facts={[
          ['Name', answers.name],
          ['Identifier', answers.identifier],
          ['Portals', answers.origins],
          ['Signing address', <code key="signer">{answers.signer}</code>],
          ['Sealing recipient', <code key="recipient">{answers.recipient?.slice(0, 32)}…</code>],
          ['Accredited until', dayOf(Date.parse(`${answers.validUntil}T00:00:00Z`) / 1_000 || 0)],
        ]}
      />
      <p>
        By registering you state that you have checked who this organization is. The registration is public
        and its history stays for good.
      </p>
      <div class="buttons">
        <button type="button" disabled={isBusy} onClick={register}>
          {isBusy ? 'Waiting for the block…' : 'Register this organization'}
        </button>
        <button type="button" class="secondary" disabled={isBusy} onClick={() => setChecking(false)}>
          Change the answers
        </button>
      </div>
    </>
  )
}

function AnswersForm(props: {
  answers: Record<string, string>
  fault: string | null
  onSubmit: (answers: Record<string, string>) => void
}) {
  const { answers } = props
  const field = (name: string, hint = true) => ({
    id: name,
    name,
    defaultValue: answers[name] ?? '',
    autocomplete: 'off',
    spellcheck: false,
    ...(hint ? { 'aria-describedby': `${name}-hint` } : {}),
  })
  return (
    <form noValidate onSubmit={(event) => props.onSubmit(valuesOf(event))}>
      <h1>Register an organization</h1>
      <Faults message={props.fault} />
      <Field name="name" label="Name" hint="As people know it">
        <input {...field('name')} />
      </Field>
      <Field
        name="identifier"
        label="Identifier"
        hint="An address that stays the same, such as https://clinic.example"
      >
        <input {...field('identifier')} type="url" />
      </Field>
      <Field name="origins" label="Portal addresses" hint="One a line, such as https://portal.clinic.example">
        <textarea {...field('origins')} rows={3} />
      </Field>
      <Field name="signer" label="Signing address" hint="0x and 40 characters from 0 to 9 and a to f">
        <input {...field('signer')} />
      </Field>
      <Field name="recipient" label="Sealing recipient" hint="About 2,000 characters, beginning with age1pq1">
        <textarea {...field('recipient')} rows={4} />
      </Field>
      <Field
        name="validUntil"
        label="Accredited until"
        hint="The accreditation ends as this day begins (UTC)"
      >
        <input {...field('validUntil')} type="date" class="short" />
      </Field>
      <button type="submit">Continue</button>
    </form>
  )
}
