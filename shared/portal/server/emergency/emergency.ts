import type { EmergencyCaseId } from '../../../protocol/emergency.ts'
import { CarekeyError, type Reason } from '../../../protocol/errors.ts'
import { type EmergencyMessage, emergencyMessageSchema } from '../../../protocol/inbox.ts'
import { type Collected, collect } from '../collect.ts'
import type { Settings } from '../options.ts'
import { parse } from '../parse.ts'
import type { Relay } from '../relay.ts'
import { caseStore } from './case-store.ts'
import {
  type CaseStatus,
  caseStatus,
  closeCase,
  closeEnded,
  type OpeningWish,
  openCase,
  type ReadSummary,
  readCase,
  takeRelease,
} from './cases.ts'
import { answerRequest, takeOffer } from './holder.ts'
import { emergencyLedger } from './ledger.ts'

/** Emergency access: as a holder of shares, and as the organization of who opens. */
export interface Emergency {
  /**
   * Goes through the inbox: keeps shares, answers requests for them, takes what other holders release; and closes cases
   * whose window has ended. Call it every second or so.
   */
  collect(signal?: AbortSignal): Promise<EmergencyCollected>
  open(wish: OpeningWish, signal?: AbortSignal): Promise<CaseStatus>
  /** Of the cases that this organization has opened. */
  cases(): Promise<EmergencyCaseId[]>
  status(caseId: string): Promise<CaseStatus>
  read(caseId: string, signal?: AbortSignal): Promise<ReadSummary>
  close(caseId: string): Promise<void>
}

export interface EmergencyCollected extends Collected {
  /** Shares that were taken in, given out, and received. */
  kept: number
  released: number
  received: number
}

export function createEmergency(settings: Settings, relay: Relay): Emergency {
  const { audit = unaudited } = settings
  const context = {
    settings,
    relay,
    ledger: emergencyLedger(settings.network),
    cases: caseStore(settings.store),
    audit,
  }
  return {
    async collect(signal) {
      const counts = { kept: 0, released: 0, received: 0 }
      const refused: Reason[] = []
      const take = async (message: EmergencyMessage) => {
        switch (message.kind) {
          case 'emergency-share':
            await takeOffer(context, message)
            counts.kept++
            break
          case 'emergency-request':
            if (await answerRequest(context, message)) counts.released++
            break
          case 'emergency-release':
            await takeRelease(context, message)
            counts.received++
        }
      }
      const collector = {
        isMine: (kind: string) => kind.startsWith('emergency-'),
        read: async (raw: unknown) => parse(emergencyMessageSchema, raw, 'The message'),
        handle: (message: EmergencyMessage) =>
          take(message).catch((error: unknown) => {
            // What cannot be told now stays in the inbox; what is wrong stays wrong.
            if (!(error instanceof CarekeyError) || passing.has(error.reason)) throw error
            refused.push(error.reason)
          }),
      }
      const collected = await collect({ settings, relay }, collector, signal)
      await closeEnded(context)
      return { handled: collected.handled, refused: [...collected.refused, ...refused], ...counts }
    },
    async open(wish, signal) {
      // Whoever cannot note a reading must not begin one.
      if (audit === unaudited) unaudited()
      return openCase(context, wish, signal)
    },
    cases: () => context.cases.ids(),
    status: (caseId) => caseStatus(context, caseId),
    read: (caseId, signal) => readCase(context, caseId, signal),
    close: (caseId) => closeCase(context, caseId),
  }
}

const passing: ReadonlySet<Reason> = new Set(['ledger-unreachable', 'relay-unreachable', 'rate-limited'])

function unaudited(): never {
  throw new CarekeyError('forbidden', 'Set the portal’s option `audit`: an emergency must be noted.')
}
