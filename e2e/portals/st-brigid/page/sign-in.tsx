import { useState } from 'preact/hooks'
import { dayOf } from '../../kit/page.ts'
import type { Patient } from './account.ts'

export function SignIn({
  accounts,
  onChoose,
}: {
  accounts: Patient[]
  onChoose: (id: string) => Promise<void>
}) {
  const [chosen, setChosen] = useState('')
  return (
    <section class="panel">
      <h1>Sign in to your records</h1>
      <p>This is a demonstration: choose the patient you want to be. There is no password.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (chosen) void onChoose(chosen)
        }}
      >
        <fieldset>
          <legend>Who are you?</legend>
          {accounts.map((account) => (
            <label key={account.id} class="choice">
              <input
                type="radio"
                name="account"
                value={account.id}
                checked={chosen === account.id}
                onChange={() => setChosen(account.id)}
              />
              <span>
                <b>{account.name}</b>
                <small>
                  Born {dayOf(account.birthDate)} · {account.number}
                </small>
              </span>
            </label>
          ))}
        </fieldset>
        <button type="submit" disabled={!chosen}>
          Sign in
        </button>
      </form>
    </section>
  )
}
