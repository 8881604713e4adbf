import { type Collected, collect } from './collect.ts'
import type { Ledger } from './ledger.ts'
import type { Settings } from './options.ts'
import type { Relay } from './relay.ts'
import { acceptDecision, type PatientDecision } from './requests.ts'
import { type Review, readReview } from './reviews.ts'

type Context = { settings: Settings; ledger: Ledger; relay: Relay }

const isAnswer = (kind: string) => kind === 'granted' || kind === 'decided'
const isReview = (kind: string) => kind === 'review'

/**
 * Collects the patients' answers from this organization's inbox. An answer leaves the inbox once `handle` has
 * resolved; if it rejects, the answer comes again the next time.
 */
export const collectDecisions = (
  context: Context,
  handle: (decision: PatientDecision) => Promise<void> | void,
  signal?: AbortSignal,
): Promise<Collected> =>
  collect(
    context,
    {
      isMine: isAnswer,
      check: async (kind, message) => isReview(kind) && readReview(context, message),
      read: (message) => acceptDecision(context.settings, message),
      handle,
    },
    signal,
  )

/** Collects what other organizations' patients let this one check, in the same way. */
export const collectReviews = (
  context: Context,
  handle: (review: Review) => Promise<void> | void,
  signal?: AbortSignal,
): Promise<Collected> =>
  collect(
    context,
    {
      isMine: isReview,
      check: async (kind, message) => isAnswer(kind) && acceptDecision(context.settings, message),
      read: (message) => readReview(context, message),
      handle,
    },
    signal,
  )
