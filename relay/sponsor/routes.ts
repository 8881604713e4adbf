import { setTimeout as delay } from 'node:timers/promises'
import { type Ledger as ContractsLedger, reading } from '../../shared/contracts/ledger.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { hash32Schema } from '../../shared/protocol/ids.ts'
import {
  type SponsoredAct,
  type SponsoredStatus,
  sponsoredActSchema,
} from '../../shared/protocol/relay-api.ts'
import type { Clock } from '../clock.ts'
import type { Rates } from '../http/rate.ts'
import { ok } from '../http/reply.ts'
import type { Routes } from '../http/router.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { relayLimits } from '../limits.ts'
import { type Act, describeAct } from './acts.ts'
import { type BatchSettings, batchItemOf } from './batch-item.ts'
import type { LedgerOfActs } from './ledger-of-acts.ts'
import type { Sender } from './sender.ts'
import { type Trial, trial } from './trial.ts'
import { requireVouched } from './vouched.ts'

export interface Sponsor {
  acts: LedgerOfActs
  sender: Sender
  /** The account that pays. */
  payer: `0x${string}`
  ledger: Ledger
  trialLedger: ContractsLedger
  batches: BatchSettings
  clock: Clock
  rates: Rates
}

/** No sign-in: an act carries its own signatures, and a token would tie a patient's pseudonym to the account that keeps their pins. */
export function sponsorRoutes(sponsor: Sponsor): Routes {
  const { acts, rates, ledger } = sponsor
  return {
    'POST /sponsor': async (exchange) => {
      rates.take('sponsor', exchange.address)
      const signed = await exchange.json(sponsoredActSchema)
      const act = describeAct(ledger.deployment, signed)
      const known = await acts.status(act.digest, act.subject)
      if (known && known.status !== 'failed') return ok(await bringAgain(sponsor, signed, act, known))
      // Together: the trial costs no more reads of the ledger than the voucher does, and nothing is taken before both have passed.
      const [tried] = await Promise.all([trial(sponsor, signed, act), requireVouched(ledger, signed)])
      return ok(await submit(sponsor, signed, act, tried))
    },
    'GET /sponsor/:id': async (exchange) => {
      const status = await acts.status(exchange.param('id', hash32Schema))
      if (!status) throw new CarekeyError('not-found', 'The sponsor has not been given such an act.')
      return ok(status)
    },
  }
}

/** What the trial says the ledger would refuse is never sent and costs nobody anything. */
async function submit(
  { acts, sender, ledger, batches, clock }: Sponsor,
  signed: SponsoredAct,
  act: Act,
  { refused, batchOnly }: Trial,
): Promise<SponsoredStatus> {
  if (refused?.reason === 'ledger-unreachable') throw refused
  if (refused) {
    await acts.refuse(act, refused.reason)
    return statusOf(acts, act)
  }
  // Somebody may have brought the same act during the trial.
  const known = await acts.status(act.digest, act.subject)
  if (known && known.status !== 'failed') return known
  const item = batchItemOf(
    ledger.deployment,
    signed,
    batchOnly ? { ...batches, mode: 'always' } : batches,
    clock(),
  )
  if (item === null && batchOnly) await acts.refuse(act, 'previous-unknown')
  else {
    await acts.accept(act, item && { ...item, batchOnly })
    if (item === null) await sentOrLate(sender)
  }
  return statusOf(acts, act)
}

async function bringAgain(
  { acts, sender }: Sponsor,
  signed: SponsoredAct,
  act: Act,
  known: SponsoredStatus,
): Promise<SponsoredStatus> {
  const isSingle = 'batch' in signed && signed.batch === false
  if (isSingle && (await acts.bringSingly(act, act))) {
    await sentOrLate(sender)
    return statusOf(acts, act)
  }
  if (known.status !== 'mined') return known
  // A reorganization may have taken what was final: `ledger-unreachable` while nobody can tell.
  if (await reading(sender.recheck(act))) await sentOrLate(sender)
  return statusOf(acts, act)
}

const sentOrLate = (sender: Sender) =>
  Promise.race([sender.kick(), delay(relayLimits.sponsorAnswerMs, undefined, { ref: false })])

async function statusOf(acts: LedgerOfActs, act: Act): Promise<SponsoredStatus> {
  const status = await acts.status(act.digest, act.subject)
  if (!status) throw new Error('An act that was taken has no status.')
  return status
}
