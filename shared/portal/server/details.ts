import { CarekeyError } from '../../protocol/errors.ts'
import { commitmentSchema, type Pseudonym, pseudonymSchema } from '../../protocol/ids.ts'
import type { DepositStore, KeptDeposit } from './deposit-store.ts'
import type { Ledger } from './ledger.ts'
import { openDeposit } from './open-deposit.ts'
import type { Settings } from './options.ts'
import { parse } from './parse.ts'
import type { Relay } from './relay.ts'
import { type DepositReference, migrationOf, readStanding, type Standing } from './standing.ts'

export interface DetailsContext {
  settings: Settings
  ledger: Ledger
  deposits: DepositStore
}

/** All that this organization knows of a record or bill that it offered. */
export type DepositDetails = KeptDeposit & { standing: Standing }

/** What this organization offered one patient, bills left out. */
export const healthDetails = (context: DetailsContext, patient: string): Promise<DepositDetails[]> =>
  detailsOf(context, patient, (deposit) => !isBill(deposit))

export const billDetails = (context: DetailsContext, patient: string): Promise<DepositDetails[]> =>
  detailsOf(context, patient, isBill)

/** What is neither confirmed nor rejected yet, of one patient or of all. */
export async function pendingEntries(context: DetailsContext, patient?: string): Promise<DepositDetails[]> {
  const entries = await detailsOf(context, patient, () => true)
  return entries.filter(({ standing }) => standing.status === 'pending')
}

const isBill = ({ statement }: KeptDeposit) => statement.category === 'billing'

async function detailsOf(
  context: DetailsContext,
  patient: string | undefined,
  isWanted: (deposit: KeptDeposit) => boolean,
): Promise<DepositDetails[]> {
  const whose = patient === undefined ? undefined : parse(pseudonymSchema, patient, 'The patient')
  const deposits = (await context.deposits.list(whose)).filter(isWanted)
  return Promise.all(
    deposits.map(async (deposit) => ({
      ...deposit,
      standing: await readStanding(context, {
        author: context.settings.organization,
        commitment: deposit.commitment,
        subject: deposit.patient,
      }),
    })),
  )
}

/** A deposit of this organization by its commitment, alone or within an offer's anchor or a receipt. */
export function referenceTo(
  { organization }: Settings,
  commitment: string,
  patient: string,
): DepositReference {
  const subject: Pseudonym = parse(pseudonymSchema, patient, 'The patient')
  return {
    author: organization,
    commitment: parse(commitmentSchema, commitment, 'The commitment'),
    subject,
  }
}

/**
 * Opens what was offered for its supporters' votes. Does nothing for an offer that asked for none. Throws CarekeyError
 * `record-missing` for what this organization never offered.
 */
export async function openKeptDeposit(
  { deposits, ...context }: DetailsContext & { relay: Relay },
  commitment: string,
  signal?: AbortSignal,
): Promise<void> {
  const kept = await deposits.get(parse(commitmentSchema, commitment, 'The commitment'))
  if (!kept) throw new CarekeyError('record-missing', 'This organization has offered no such record.')
  if (kept.review) await openDeposit(context, kept.review, signal)
}

/** Asks the ledger about one record or bill of this organization. */
export const mayMigrate = async (context: DetailsContext, commitment: string, patient: string) =>
  migrationOf(await readStanding(context, referenceTo(context.settings, commitment, patient)))
