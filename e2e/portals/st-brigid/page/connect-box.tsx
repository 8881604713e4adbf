import { useState } from 'preact/hooks'
import type { Failure } from '../../kit/page.ts'

/** Connects the patient's Carekey, or says what to do when it is not there. */
export function ConnectBox(props: {
  connected: boolean
  failure: Failure | undefined
  onConnect: () => Promise<void>
}) {
  const [busy, setBusy] = useState(false)
  const missing = props.failure?.reason === 'wallet-missing'
  const connect = async () => {
    setBusy(true)
    await props.onConnect()
    setBusy(false)
  }
  return (
    <section class={props.connected ? 'connect done' : 'connect'} aria-label="Carekey" data-testid="connect">
      {props.connected ? (
        <p>
          <b>Carekey is connected.</b> What you send goes straight into your own records. Only you can open
          it, and whoever you let.
        </p>
      ) : (
        <>
          <h2>Keep your records yourself</h2>
          <p>
            With Carekey you hold your own copies, locked with your own key. Connect it once, then send
            yourself any document below.
          </p>
          <button type="button" onClick={connect} disabled={busy}>
            {busy ? 'Waiting for your Carekey…' : 'Connect Carekey'}
          </button>
        </>
      )}
      {missing && (
        <div class="alert" role="alert" data-testid="wallet-missing">
          <b>We could not find Carekey in this browser.</b>
          <ol>
            <li>Install the Carekey extension, if you have not yet.</li>
            <li>
              Click its icon beside the address bar once while you are on this page, and allow this site.
            </li>
            <li>Then press “Connect Carekey” again.</li>
          </ol>
        </div>
      )}
      {props.failure && !missing && (
        <p class="alert" role="alert" data-testid="failure">
          {props.failure.message}
        </p>
      )}
    </section>
  )
}
