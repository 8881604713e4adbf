import { ArrowLeft, FileX2, Printer } from 'lucide'
import type { GrantView } from '../../snapshots.ts'
import { Button } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Icon } from '../components/icon.tsx'
import { QrCode } from '../components/qr-code.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { printPage } from '../platform.ts'
import { useSnapshot } from '../snapshot.ts'
import { momentInWords } from '../words/time.ts'
import './codes-page.css'

/** A consent and its ending as codes to print or to scan: whoever has them can bring either to the ledger. */
export function CodesPage({ id }: { id: string }) {
  const list = useSnapshot('grants.list', {})
  return (
    <>
      <a class="back" href={`#/sharing/${id}`}>
        <Icon node={ArrowLeft} size={16} />
        Back to this consent
      </a>
      <Loaded snapshot={list} label="Fetching this consent…">
        {({ grants }) => {
          const grant = grants.find(({ grantId }) => grantId === id)
          return grant ? (
            <Codes grant={grant} />
          ) : (
            <EmptyState alone tone="neutral" icon={FileX2} title="This consent is not here" />
          )
        }}
      </Loaded>
    </>
  )
}

function Codes({ grant: { grantId, organization, notAfter } }: { grant: GrantView }) {
  const exported = useSnapshot('grants.export', { grantId })
  return (
    <>
      <div class="page-head">
        <h1>Codes for {organization.name}</h1>
        <p class="muted">
          They hold your signed consent until {momentInWords(notAfter)}, and your signed ending of it. Nothing
          in them says what you shared. Whoever scans all codes of one of them can bring it to the ledger for
          you, with no help of your relay.
        </p>
        <div>
          <Button icon={Printer} onClick={printPage}>
            Print
          </Button>
        </div>
      </div>
      <Loaded snapshot={exported} label="Signing…">
        {({ codes }) => (
          <>
            {codes.map(({ kind, pages }) => (
              <section class="stack-small" key={kind}>
                <h2>{kind === 'grant' ? 'Your consent' : 'Its ending'}</h2>
                <p class="muted">
                  {kind === 'grant'
                    ? `Lets ${organization.name} open what you shared, as you approved it.`
                    : 'Ends it for good. Keep it where you find it when you need it.'}
                </p>
                <ol class="codes" aria-label={kind === 'grant' ? 'Your consent' : 'Its ending'}>
                  {pages.map((page, index) => (
                    <li key={page}>
                      <QrCode text={page} label={`Code ${index + 1} of ${pages.length}`} />
                      <p class="small muted">
                        {kind === 'grant' ? 'Consent' : 'Ending'}, code {index + 1} of {pages.length}
                      </p>
                    </li>
                  ))}
                </ol>
              </section>
            ))}
          </>
        )}
      </Loaded>
    </>
  )
}
