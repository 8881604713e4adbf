export interface Patient {
  id: string
  name: string
  birthDate: string
  number: string
}

export interface ClinicRequest {
  id: string
  wish: 'check-in' | 'imaging'
  label: string
  askedBy: string
  askedAt: number
  state: 'waiting' | 'approved' | 'narrowed' | 'declined' | 'expired' | 'cancelled' | 'failed'
  decidedAt: number | null
  until: number | null
  granted: boolean
  note: string
}

export interface ReceivedRecord {
  commitment: string
  requestId: string
  title: string
  category: string
  date: string
  author: string
  practitioner: string
  transport: 'webrtc' | 'gateway'
  anchoredAt: number
  receivedAt: number
  rows: { name: string; value: string; date: string }[]
}

/** What the clinic knows of one patient. */
export interface PatientFile {
  patient: Patient
  connected: boolean
  requests: ClinicRequest[]
  records: ReceivedRecord[]
}

export const categoryNames: Record<string, string> = {
  laboratory: 'Laboratory',
  medications: 'Medicines',
  imaging: 'Imaging',
  documents: 'Documents',
}
