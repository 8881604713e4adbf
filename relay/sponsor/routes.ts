import { setTimeout as delay } from 'node:timers/promises'
import { simulate } from '../../shared/contracts/calls.ts'
import { type Ledger as ContractsLedger, reading } from '../../shared/contracts/ledger.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { hash32Schema } from '../../shared/protocol/ids.ts'
import { type SponsoredStatus, sponsoredActSchema } from '../../shared/protocol/relay-api.ts'
import type { Rates } from '../http/rate.ts'
import { ok } from '../http/reply.ts'
import type { Routes } from '../http/router.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { relayLimits } from '../limits.ts'
import { type Act, describeAct } from './acts.ts'
import type { LedgerOfActs } from './ledger-of-acts.ts'
import type { Sender } from './sender.ts'
import { requireVouched } from './vouched.ts'

export interface Sponsor {
  acts: LedgerOfActs
  sender: Sender
  /** The account that pays. */
  payer: `0x${string}`
  ledger: Ledger
  trialLedger: ContractsLedger
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
      const known = acts.status(act.digest, act.subject)
      if (known?.status === 'submitted') return ok(known)
      if (known?.status === 'mined') return ok(await lookAgain(sponsor, act))
      // Together: the trial costs no more reads of the ledger than the voucher does, and nothing is taken before both have passed.
      const [refused] = await Promise.all([
        simulate(sponsor.trialLedger, act.call, sponsor.payer),
        requireVouched(ledger, signed),
      ])
      return ok(await submit(sponsor, act, refused))
    },
    'GET /sponsor/:id': (exchange) => {
      const status = acts.status(exchange.param('id', hash32Schema))
      if (!status) throw new CarekeyError('not-found', 'The sponsor has not been given such an act.')
      return ok(status)
    },
  }
}

/** What the trial's `refused` says the ledger would refuse is never sent and costs nobody anything. */
async function submit(
  { acts, sender }: Sponsor,
  act: Act,
  refused: CarekeyError | null,
): Promise<SponsoredStatus> {
  if (refused?.reason === 'ledger-unreachable') throw refused
  if (refused) acts.refuse(act, refused.reason)
  else {
    // Somebody may have brought the same act during the trial.
    const known = acts.status(act.digest, act.subject)
    if (known && known.status !== 'failed') return known
    acts.accept(act)
    await sentOrLate(sender)
  }
  return statusOf(acts, act)
}

/** A reorganization may have taken what was final. @throws CarekeyError `ledger-unreachable` */
async function lookAgain({ acts, sender }: Sponsor, act: Act): Promise<SponsoredStatus> {
  if (await reading(sender.recheck(act))) await sentOrLate(sender)
  return statusOf(acts, act)
}

const sentOrLate = (sender: Sender) =>
  Promise.race([sender.kick(), delay(relayLimits.sponsorAnswerMs, undefined, { ref: false })])

function statusOf(acts: LedgerOfActs, act: Act): SponsoredStatus {
  const status = acts.status(act.digest, act.subject)
  if (!status) throw new Error('An act that was taken has no status.')
  return status
}
