import { privateKeyToAccount } from 'viem/accounts'
import { openLedger, readHead } from '../../shared/contracts/ledger.ts'
import { organizationIdOf } from '../../shared/contracts/organizations.ts'
import { encodePublication, readPublishedUntil } from '../../shared/contracts/statistics.ts'
import { submit } from '../../shared/contracts/submit.ts'
import type { Category } from '../../shared/protocol/categories.ts'
import { signatureSchema } from '../../shared/protocol/ids.ts'
import {
  type Publication,
  publicationTypedData,
  type StatisticsRow,
  smallestCount,
} from '../../shared/protocol/statistics.ts'
import type { Hospital, Stack } from './stack.ts'

const day = 24 * 60 * 60
const periodSeconds = 30 * day
const periods = 3

/** Invented, like the patients: how many records a month, of which so many in a hundred hold a diagnosis. */
const monthly: Partial<Record<Category, { records: number; diagnosed: number }>> = {
  laboratory: { records: 90, diagnosed: 40 },
  medications: { records: 70, diagnosed: 0 },
  vitals: { records: 60, diagnosed: 0 },
  problems: { records: 45, diagnosed: 100 },
  imaging: { records: 30, diagnosed: 55 },
  immunizations: { records: 22, diagnosed: 0 },
}
/** Of a hundred: how often people of each decade of life come. */
const byDecade = [55, 35, 45, 50, 60, 75, 90, 100, 70, 25]
/** Of a hundred: how large each of the two is. */
const sizes = [60, 100]

/** Lets the first two hospitals publish counts of the last three months, unless they did so before. */
export async function publishSampleStatistics(stack: Stack): Promise<void> {
  const ledger = openLedger(stack.network)
  const { timestamp } = await readHead(ledger)
  for (const [place, hospital] of [stack.stBrigid, stack.lindqvist].entries()) {
    const organization = organizationIdOf(hospital.identifier)
    if ((await readPublishedUntil(ledger, organization)) > 0) continue
    for (let month = periods; month > 0; month -= 1) {
      const from = timestamp - month * periodSeconds
      await publish(stack, hospital, {
        organization,
        from,
        until: from + periodSeconds,
        rows: rowsOf(sizes[place] ?? 100, month),
        deadline: timestamp + day,
      })
    }
  }
}

function rowsOf(size: number, month: number): StatisticsRow[] {
  const rows = Object.entries(monthly).flatMap(([category, { records, diagnosed }]) =>
    byDecade.flatMap((share, ageBand) =>
      (['female', 'male'] as const).map((sex) => {
        const women = sex === 'female' ? 108 : 92
        const count = Math.round((records * size * share * women * (110 - 4 * month)) / 100 ** 4)
        return {
          category: category as Category,
          ageBand,
          sex,
          records: published(count),
          diagnoses: published(Math.round((count * diagnosed) / 100)),
        }
      }),
    ),
  )
  // The ledger takes no row that counts nothing.
  return rows.filter(({ records, diagnoses }) => records + diagnoses > 0)
}

/** Counts of a few people are left out. */
const published = (count: number) => (count < smallestCount ? 0 : count)

async function publish(stack: Stack, { keys }: Hospital, publication: Publication): Promise<void> {
  const signed = await privateKeyToAccount(keys.signingKey).signTypedData(
    publicationTypedData(stack.network, publication),
  )
  const call = encodePublication(stack.network, { publication, signature: signatureSchema.parse(signed) })
  await submit(stack.authority, call)
}
