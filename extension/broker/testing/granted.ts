import type { DepositReceipt, GrantedAccess } from '../../../shared/protocol/provider.ts'
import type { Hospital, OfferChange } from './hospital.ts'
import { connect, type Life, readyRequest } from './life.ts'
import { resultOf } from './setting.ts'

const day = 24 * 60 * 60

/** Deposits one record of an author, the patient saying yes. */
export async function depositOne(
  life: Life,
  author: Hospital,
  change: OfferChange = {},
): Promise<DepositReceipt> {
  const to = await connect(life, author)
  const offer = await author.offer(to, change)
  const answer = life.call({ origin: author.organization.origin }, 'care_deposit', offer)
  await life.broker.decide((await readyRequest(life, 'deposit')).id, { outcome: 'approve' })
  return resultOf<DepositReceipt>(await answer)
}

/** Grants a reader one record for a day. */
export async function grantOne(
  life: Life,
  reader: Hospital,
  receipt: DepositReceipt,
): Promise<GrantedAccess> {
  const { patient } = await connect(life, reader)
  const answer = life.call(
    { origin: reader.organization.origin },
    'care_requestAccess',
    await reader.request(patient),
  )
  const access = { commitments: [receipt.commitment], durationSeconds: day }
  await life.broker.decide((await readyRequest(life, 'access')).id, { outcome: 'approve', access })
  return resultOf<GrantedAccess>(await answer)
}
