import { Handshake, Inbox, KeyRound } from 'lucide'
import type { RequestView } from '../../snapshots.ts'
import { ListRow } from '../components/list-row.tsx'
import { requestStateInWords, requestTitle } from '../words/sentences.ts'
import { momentInWords } from '../words/time.ts'

const icons = { connect: Handshake, deposit: Inbox, access: KeyRound }

export const isOpen = ({ state }: RequestView): boolean =>
  state === 'checking' || state === 'ready' || state === 'working'

/** A request in a list. `onOpen` is there while the approval window has something to show. */
export function RequestRow({ request, onOpen }: { request: RequestView; onOpen?: (() => void) | undefined }) {
  const note =
    request.state === 'ready'
      ? `Answer by ${momentInWords(request.expiresAt)}`
      : `${requestStateInWords(request)} · ${momentInWords(request.receivedAt)}`
  return (
    <ListRow
      icon={icons[request.kind]}
      title={requestTitle(request)}
      note={note}
      {...(onOpen ? { onClick: onOpen } : {})}
    />
  )
}
