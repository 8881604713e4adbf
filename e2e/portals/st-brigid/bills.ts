import { copiesInvoice, visitBill } from '../../data/bills.ts'
import type { PatientBundle } from '../../data/patients.ts'

const by = 'Mary Keane, Billing Office'

/** The bills in the hospital's archive, beside its documents. */
export const billArchive = {
  bill: { write: (bundle: PatientBundle) => visitBill(bundle), by },
  'earlier-bill': { write: (bundle: PatientBundle) => visitBill(bundle, 1), by },
  copies: { write: copiesInvoice, by },
}
