import { ArrowLeft, Printer } from 'lucide'
import { useMemo } from 'preact/hooks'
import encodeQR from 'qr'
import { Button } from '../components/button.tsx'
import { EmptyState } from '../components/empty-state.tsx'
import { Icon } from '../components/icon.tsx'
import { Loaded } from '../parts/loaded.tsx'
import { printPage } from '../platform.ts'
import { useSnapshot } from '../snapshot.ts'
import { groupedHandle } from './words.ts'
import './emergency-card.css'

/** The card for the purse, to be printed and cut out. It names the person and the handle, and holds no secret. */
export function EmergencyCardPage() {
  const view = useSnapshot('emergency.get', {})
  return (
    <>
      <a class="back" href="#/emergency">
        <Icon node={ArrowLeft} size={16} />
        Emergency
      </a>
      <h1>Your emergency card</h1>
      <Loaded snapshot={view} label="Fetching your card…">
        {({ state, wish, card, handle }) =>
          state === 'in-force' && wish ? (
            <>
              <EmergencyCard name={wish.content.name} card={card} handle={handle} />
              <p class="muted">
                Print it, cut it out, keep it with your identity card. Whoever finds it can read nothing: it
                only tells an emergency practitioner where to ask, and you are told when they do.
              </p>
              <div>
                <Button kind="primary" icon={Printer} onClick={printPage}>
                  Print the card
                </Button>
              </div>
            </>
          ) : (
            <EmptyState alone icon={Printer} title="There is no card in force">
              <p>Prepare one first; then it can be printed.</p>
            </EmptyState>
          )
        }
      </Loaded>
    </>
  )
}

export function EmergencyCard({ name, card, handle }: { name: string; card: string; handle: string }) {
  return (
    <section class="emergency-card" aria-label="Emergency card">
      <div class="emergency-card-text">
        <p class="emergency-card-head">Emergency card</p>
        <p class="emergency-card-name">{name}</p>
        <p>Health professionals: scan this code where your hospital’s system says “Emergency”.</p>
        <p class="emergency-card-handle" translate={false}>
          {groupedHandle(handle)}
        </p>
        <p class="emergency-card-foot">Every use is recorded, told to the patient, and reviewed. Carekey</p>
      </div>
      <QrCode text={card} label="The code of this card" />
    </section>
  )
}

function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => {
    const cells = encodeQR(text, 'raw', { ecc: 'quartile', border: 4 })
    const parts = cells.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : '')))
    return { size: cells.length, path: parts.join('') }
  }, [text])
  return (
    <svg class="emergency-card-code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label}>
      <path d={path} />
    </svg>
  )
}
