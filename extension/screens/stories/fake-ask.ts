import { type ErrorReply, fromErrorReply } from '../../../shared/protocol/errors.ts'
import type { UiMessage } from '../../messages.ts'
import { stories } from './catalogue.ts'

/** Stands in for `screens/ask.ts`: the story named in the address answers. */

const story = stories.find(({ id }) => id === new URLSearchParams(location.search).get('story'))

/** What was asked, for whoever drives the story. */
const asked: UiMessage[] = []
Object.assign(globalThis, { asked })

export function ask(type: UiMessage): Promise<unknown> {
  asked.push(type)
  const answer: unknown = story?.answers[type]
  if (answer === undefined) return Promise.reject(new Error(`The story has no answer to ${type}.`))
  if (answer === 'no answer yet') return new Promise(() => undefined)
  return isRefusal(answer) ? Promise.reject(fromErrorReply(answer.refusal)) : Promise.resolve(answer)
}

const isRefusal = (answer: unknown): answer is { refusal: ErrorReply } =>
  typeof answer === 'object' && answer !== null && 'refusal' in answer

export const onChange = () => () => undefined
