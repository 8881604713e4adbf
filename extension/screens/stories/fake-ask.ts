import { fromErrorReply } from '../../../shared/protocol/errors.ts'
import type { UiMessage } from '../../messages.ts'
import type { Asked } from '../ask.ts'
import { stories } from './catalogue.ts'

/** Stands in for `screens/ask.ts`: the story named in the address answers. */

const story = stories.find(({ id }) => id === new URLSearchParams(location.search).get('story'))

export function ask<K extends UiMessage>(type: K): Promise<Asked<K>> {
  const answer = story?.answers[type]
  if (answer === undefined) return Promise.reject(new Error(`The story has no answer to ${type}.`))
  if (answer === 'no answer yet') return new Promise(() => undefined)
  if (typeof answer === 'object' && 'refusal' in answer) return Promise.reject(fromErrorReply(answer.refusal))
  return Promise.resolve(answer as Asked<K>)
}

export const onChange = () => () => undefined
