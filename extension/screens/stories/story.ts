import type { ErrorReply } from '../../../shared/protocol/errors.ts'
import type { UiMessage } from '../../messages.ts'
import type { Asked } from '../ask.ts'

/** What the background would say in a story: an answer, a refusal, or nothing yet. */
export type Answers = { [K in UiMessage]?: Asked<K> | { refusal: ErrorReply } | 'no answer yet' }

/** What a reader does before the picture is taken. */
export type Step =
  | { click: string; role?: 'button' | 'checkbox' | 'radio' | 'link' }
  | { fill: string; text: string }
  /** Keeps the field hidden as it is; for words asked by a number that is drawn. */
  | { fillAll: string; text: string }
  | { open: string }

/** One state of one screen. */
export interface Story {
  id: string
  screen: 'popup' | 'sidepanel' | 'app' | 'approval'
  answers: Answers
  /** Place of the full page. */
  hash?: string
  /** Query of the approval window. */
  search?: string
  steps?: Step[]
  /** The window shows all of it at once, at its own size. */
  fits?: boolean
}

/** A story of the full page. */
export const app = (id: string, hash: string, answers: Answers, more: Partial<Story> = {}): Story => ({
  id: `app-${id}`,
  screen: 'app',
  hash,
  answers,
  ...more,
})
