import type { DatabaseSync } from 'node:sqlite'
import type { Portal } from 'carekey/portal/server'
import { connectionOf, listPatients } from '../kit/patients.ts'
import { listDeliveries, listDocuments } from './database.ts'

/** One document or bill that its patient disputes on the public ledger. */
export interface DisputedDocument {
  patient: string
  title: string
  reason: string
  status: 'open' | 'upheld' | 'dismissed'
  at: number
}

const reasonsInWords: Record<string, string> = {
  'not-mine': 'It is not for this patient',
  'never-happened': 'It never happened',
  'not-correct': 'Something in it is wrong',
  repeated: 'It was sent before',
  other: 'Another reason',
}

/** Asks the ledger about everything that was sent. */
export async function listDisputes(database: DatabaseSync, portal: Portal): Promise<DisputedDocument[]> {
  const found: DisputedDocument[] = []
  for (const { id, name } of listPatients(database)) {
    const connection = connectionOf(database, id)
    if (!connection) continue
    const titles = new Map(listDocuments(database, id).map((document) => [document.id, document.title]))
    for (const { documentId, commitment } of listDeliveries(database, id)) {
      const dispute = await portal.disputeOf(commitment, connection.patient)
      if (!dispute || dispute.status === 'none') continue
      const { status, reason, disputedAt: at } = dispute
      const title = titles.get(documentId) ?? documentId
      found.push({ patient: name, title, status, at, reason: reasonsInWords[reason ?? ''] ?? 'Not given' })
    }
  }
  return found
}
