import { Banner } from '../components/banner.tsx'
import { useSnapshot } from '../snapshot.ts'
import { caseInWords } from './words.ts'

/** On every page, as long as a card is in use: the patient reads it first after unlocking. */
export function EmergencyAlert() {
  const alerts = useSnapshot('emergency.alerts', {})
  if (alerts.state !== 'ready') return null
  return (
    <>
      {alerts.value.cases.map((one) => (
        <Banner key={one.id} tone="danger" title="An emergency card is being used" announce>
          <p>
            {caseInWords(one)} <a href="#/emergency">See it, or stop it</a>
          </p>
        </Banner>
      ))}
    </>
  )
}
