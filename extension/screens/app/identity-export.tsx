import { FileKey } from 'lucide'
import { ask } from '../ask.ts'
import { downloadText } from '../platform.ts'
import { PassphraseGate } from './passphrase-gate.tsx'

/** The key that opens exported records with any age program. */
export function IdentityExport() {
  return (
    <>
      <p>The key to exported records. With it, any age program opens them, without Carekey.</p>
      <div class="row">
        <PassphraseGate
          button="Export my identity"
          icon={FileKey}
          title="Export my identity"
          warning="You get a file that opens every record you export, and every sealed copy at your relay. Keep it where only you can reach it."
          action="Export"
          working="Making the file…"
          onPassphrase={async (passphrase) => {
            const { identity } = await ask('vault.exportIdentity', { passphrase })
            downloadText(`${identity}\n`, 'carekey-identity.txt', 'text/plain')
          }}
        />
      </div>
    </>
  )
}
