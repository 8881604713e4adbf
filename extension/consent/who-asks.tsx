import { ShieldAlert, ShieldCheck } from 'lucide'
import type { ComponentChildren } from 'preact'
import { Icon } from '../screens/components/icon.tsx'
import { howWeKnow, signedByInWords } from '../screens/words/sentences.ts'
import type { RequestView } from '../snapshots.ts'

/** One question the window answers. */
export function Answer(props: {
  question: string
  short?: ComponentChildren
  grows?: boolean
  children?: ComponentChildren
}) {
  const { question, short, grows, children } = props
  return (
    <section class={grows ? 'answer answer-grows' : 'answer'}>
      <h2>
        {question} {short && <span class="answer-short">{short}</span>}
      </h2>
      {children}
    </section>
  )
}

/** Who asks, and how that is known. */
export function WhoAsks({ request }: { request: RequestView }) {
  const { organization, via, signedBy } = request
  const known =
    organization.standing === 'accredited' && (signedBy === null || signedBy.standing === 'accredited')
  return (
    <>
      <Answer question="Who asks" short={organization.name} />
      <Answer question="How we know">
        <p class={`answer-line ${known ? 'answer-known' : 'answer-doubtful'}`}>
          <Icon node={known ? ShieldCheck : ShieldAlert} size={16} />
          <span>
            {howWeKnow(organization, via)}
            {signedBy && ` ${signedByInWords(signedBy, organization.name)}`}
          </span>
        </p>
      </Answer>
    </>
  )
}
