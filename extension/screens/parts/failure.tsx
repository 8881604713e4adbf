import { RefreshCw } from 'lucide'
import { Banner } from '../components/banner.tsx'
import { Button } from '../components/button.tsx'
import { TechnicalDetails } from '../components/technical-details.tsx'
import { failureInWords } from '../words/failures.ts'

/** Something did not work: what was kept, what was not, and the next step. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  if (error === null || error === undefined) return null
  const { title, kept, next, message, reason } = failureInWords(error)
  return (
    <Banner tone="danger" title={title} announce>
      {reason !== 'internal' && <p>{message}</p>}
      <p>
        {kept} {next}
      </p>
      {onRetry && (
        <div>
          <Button icon={RefreshCw} onClick={onRetry}>
            Try again
          </Button>
        </div>
      )}
      <TechnicalDetails details={[['Reason', reason]]} />
    </Banner>
  )
}
