export interface Patient {
  id: string
  name: string
  birthDate: string
  number: string
}

export interface HospitalDocument {
  id: string
  title: string
  category: 'laboratory' | 'medications' | 'documents' | 'billing'
  start: string
  end: string
  practitioner: string
  bytes: number
  delivery: {
    state: 'offered' | 'saving' | 'saved' | 'declined' | 'failed'
    note: string
    changedAt: number
  } | null
  /** Whether the hospital may keep it as confirmed, of what the patient has saved. */
  standing: Standing | null
}

interface Counts {
  votingUntil: number
  approvals: number
  rejections: number
  supporters: number
  quorum: number
  votes: { id: string; name: string; choice: string | null }[]
}

export type Standing =
  | { status: 'pending'; waitsFor: 'patient' | 'votes' | 'review'; counts: Counts }
  | { status: 'pending'; waitsFor: 'patient' | 'review'; counts: null; supporters: { name: string }[] }
  | { status: 'confirmed'; counts: Counts | null }
  | { status: 'rejected'; counts: Counts; reasons: { choice: Reason; by: { name: string } }[] }

export const reasonWords = {
  'wrong-patient': 'belongs to another patient',
  implausible: 'not plausible',
  duplicate: 'a duplicate',
  incomplete: 'incomplete',
  'wrong-amount': 'wrong amount',
  other: 'another reason',
} as const
type Reason = keyof typeof reasonWords

export interface Account {
  patient: Patient
  connected: boolean
  documents: HospitalDocument[]
}

export const categoryNames = {
  laboratory: 'Laboratory',
  medications: 'Medicines',
  documents: 'Health history',
  billing: 'Bill',
} as const
