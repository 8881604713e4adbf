import { z } from 'zod'
import { emergencyCaseIdOf, emergencyOpeningSchema } from '../../shared/protocol/emergency.ts'
import { emergencyDirectorySchema, emergencyReplySchema } from '../../shared/protocol/emergency-shares.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { pseudonymSchema } from '../../shared/protocol/ids.ts'
import { refusedGrant } from '../gateway/decision.ts'
import type { Receipts } from '../gateway/receipts.ts'
import { noContent, ok } from '../http/reply.ts'
import type { Exchange, Routes } from '../http/router.ts'
import type { Account, Tokens } from '../identity/tokens.ts'
import { type Ledger, requireOrganization } from '../ledger/ledger.ts'
import type { Metrics } from '../metrics.ts'
import type { BlockStore } from '../storage/block-store.ts'
import { parseCid } from '../storage/cid.ts'
import type { Database } from '../storage/database.ts'
import { readBlock } from '../storage/serve.ts'
import type { Directories } from './directories.ts'

export interface Emergencies {
  db: Database
  store: BlockStore
  tokens: Tokens
  ledger: Ledger
  directories: Directories
  receipts: Receipts
  metrics: Metrics
}

const openingBodySchema = z.strictObject({ opening: emergencyOpeningSchema })

/** Emergency summaries: served to nobody but the organization of who opened a case that the ledger calls open. */
export function emergencyRoutes(parts: Emergencies): Routes {
  const { tokens, directories, receipts, metrics } = parts
  return {
    'PUT /emergencies/:patient': async (exchange) => {
      const owner = await tokens.require(exchange, 'grants')
      const directory = await exchange.json(emergencyDirectorySchema)
      if (directory.patient !== exchange.param('patient', pseudonymSchema)) {
        throw new CarekeyError('patient-mismatch', 'This is told of another pseudonym.')
      }
      await directories.put(owner, directory)
      return noContent
    },
    'DELETE /emergencies/:patient': async (exchange) => {
      await directories.drop(
        await tokens.require(exchange, 'grants'),
        exchange.param('patient', pseudonymSchema),
      )
      return noContent
    },
    'POST /emergencies/:patient': async (exchange) => {
      try {
        return await serve(exchange)
      } catch (error) {
        if (error instanceof CarekeyError) metrics.gatewayRefused.inc({ reason: error.reason })
        throw error
      }
    },
  }

  async function serve(exchange: Exchange) {
    const account = await tokens.require(exchange, 'read')
    const patient = exchange.param('patient', pseudonymSchema)
    const { opening } = await exchange.json(openingBodySchema)
    if (opening.patient !== patient) {
      throw new CarekeyError('patient-mismatch', 'This case is another pseudonym’s.')
    }
    const organization = await requireReader(parts, account, opening)
    const terms = await parts.ledger.emergencyTerms(patient)
    const kept = terms && (await directories.find(patient, terms.holdersHash))
    if (!kept) throw new CarekeyError('record-missing', 'The summary of this card is not at this relay.')
    const { directory, owner } = kept
    const bytes = await readBlock(parts, parseCid(directory.summary.cid))
    metrics.gatewayBytes.inc(bytes.byteLength)
    await receipts.add(owner, {
      grant: emergencyCaseIdOf(parts.ledger.deployment, opening),
      cid: directory.summary.cid,
      organization: organization.id,
      bytes: bytes.byteLength,
    })
    return {
      ...ok(emergencyReplySchema.parse({ directory, sealed: Buffer.from(bytes).toString('base64') })),
      headers: { 'cache-control': 'private, no-store' },
    }
  }
}

/** Who may read under a case now: ledger and our own clock must both say that it is open. @throws CarekeyError */
async function requireReader(
  { ledger }: Emergencies,
  account: Account,
  opening: z.output<typeof emergencyOpeningSchema>,
) {
  const [organization, practitioner, found, mayRelease, now] = await Promise.all([
    requireOrganization(ledger, account),
    ledger.practitioner(opening.practitioner),
    ledger.emergencyCase(opening.patient, emergencyCaseIdOf(ledger.deployment, opening)),
    ledger.mayRelease(opening),
    ledger.now(),
  ])
  if (practitioner?.organization !== organization.id) throw refusedGrant('grant-not-yours')
  if (!found) throw new CarekeyError('emergency-unknown', 'Nobody has opened this case.')
  if (found.state === 'vetoed' || now >= found.closesAt) {
    throw new CarekeyError('emergency-over', 'This case is over: nothing is opened for it any more.')
  }
  if (!mayRelease) throw new CarekeyError('emergency-refused', 'This case is not open, or not open yet.')
  return organization
}
