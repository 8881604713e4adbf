// What the pages of both review desks need in the browser; how it looks is each hospital's own.
import { useEffect, useState } from 'preact/hooks'
import { call, failureOf } from './page.ts'

export type Choice =
  | 'approve'
  | 'wrong-patient'
  | 'implausible'
  | 'duplicate'
  | 'incomplete'
  | 'wrong-amount'
  | 'other'

/** The coded reasons against a record; the last but one is for bills alone. */
export const reasons: Record<Exclude<Choice, 'approve'>, string> = {
  'wrong-patient': 'Belongs to another patient',
  implausible: 'Not plausible',
  duplicate: 'A duplicate',
  incomplete: 'Incomplete',
  'wrong-amount': 'Wrong amount',
  other: 'Another reason',
}

export const choiceInWords = (choice: Choice): string => (choice === 'approve' ? 'Right' : reasons[choice])

export interface DeskItem {
  id: string
  author: string
  votingUntil: number
  statement: {
    title: string
    category: string
    mediaType: string
    period: { start: string; end: string }
    issuedAt: string
    practitioner?: string
  } | null
  rows: { name: string; value: string; date: string }[]
  isReadable: boolean
  /** Our vote, if we have cast one. */
  choice: Choice | null
  note: string
  receivedAt: number
  /** Null while nobody has opened it for votes. The votes are the others'. */
  counts: {
    isOver: boolean
    approvals: number
    rejections: number
    supporters: number
    quorum: number
    votes: { id: string; name: string; choice: Choice | null }[]
  } | null
}

export type ItemState = 'to-check' | 'voted' | 'confirmed' | 'rejected' | 'unreadable'

export function stateOf({ counts, choice, note, isReadable }: DeskItem): ItemState {
  if (counts?.isOver) return counts.approvals >= counts.quorum ? 'confirmed' : 'rejected'
  if (choice) return 'voted'
  return note && !isReadable ? 'unreadable' : 'to-check'
}

const refreshMs = 1_500

export interface Desk {
  reviewer: string
  items: DeskItem[]
}

/** The desk's data, kept fresh: undefined until it is known, null for nobody signed in. */
export function useDesk() {
  const [desk, setDesk] = useState<Desk | null>()
  const [problem, setProblem] = useState('')
  const [voting, setVoting] = useState('')
  const load = () => call<Desk | null>('GET', '/api/desk').then(setDesk, () => undefined)
  useEffect(() => {
    void load()
    const timer = setInterval(() => void load(), refreshMs)
    return () => clearInterval(timer)
  }, [])
  return {
    desk,
    problem,
    /** The id of what a vote is under way on. */
    voting,
    sitDown: async () => {
      await call('POST', '/api/session')
      await load()
    },
    vote: async (id: string, choice: Choice) => {
      setVoting(id)
      setProblem('')
      await call('POST', `/api/reviews/${id}/vote`, { choice }).catch((error: unknown) =>
        setProblem(failureOf(error).message),
      )
      setVoting('')
      await load()
    },
  }
}
