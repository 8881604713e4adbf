import { Cloud, CloudOff } from 'lucide'
import type { Status } from '../../snapshots.ts'
import { Icon } from '../components/icon.tsx'
import { relayInWords } from '../parts/relay-words.ts'

/** How the relay is doing, in plain words. */
export function RelayLine({ status }: { status: Status }) {
  const { title, note, good } = relayInWords(status)
  return (
    <p class={`relay-line${good ? '' : ' relay-line-bad'}`}>
      <Icon node={good ? Cloud : CloudOff} />
      <span>
        {title}
        <span class="small muted relay-note">{note}</span>
      </span>
    </p>
  )
}
