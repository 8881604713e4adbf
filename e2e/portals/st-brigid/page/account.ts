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
}

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
