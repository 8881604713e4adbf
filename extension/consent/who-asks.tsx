import { Building2, ShieldAlert, ShieldCheck } from 'lucide'
import type { ComponentChildren } from 'preact'
import type { RequestView } from '../messages.ts'
import { Icon } from '../screens/components/icon.tsx'
import { howWeKnow } from '../screens/words/sentences.ts'

/** One question the window answers. */
export function Answer({ question, children }: { question: string; children: ComponentChildren }) {
  return (
    <section class="answer">
      <h2>{question}</h2>
      {children}
    </section>
  )
}

/** Who asks, and how that is known. */
export function WhoAsks({ request }: { request: RequestView }) {
  const { organization, via } = request
  const known = organization.standing === 'accredited'
  return (
    <>
      <Answer question="Who asks">
        <p class="answer-line">
          <Icon node={Building2} size={16} />
          <strong>{organization.name}</strong>
        </p>
      </Answer>
      <Answer question="How we know">
        <p class={`answer-line ${known ? 'answer-known' : 'answer-doubtful'}`}>
          <Icon node={known ? ShieldCheck : ShieldAlert} size={16} />
          <span>{howWeKnow(organization, via)}</span>
        </p>
      </Answer>
    </>
  )
}
