// What comes from the hospital's own systems: who is signed in, a document to give, what it would like to know.
export const session = { patient: '', recipient: '' }

export const letter = {
  title: 'Letter after your visit',
  category: 'documents',
  mediaType: 'application/fhir+json',
  period: { start: '2026-11-02', end: '2026-11-02' },
  content: JSON.stringify({
    resourceType: 'DiagnosticReport',
    status: 'final',
    code: { text: 'Letter after your visit' },
    effectiveDateTime: '2026-11-02',
    conclusion: 'You are well.',
  }),
} as const

export const wish = {
  categories: ['laboratory'],
  lastYears: 5,
  purpose: 'TREAT',
  durationSeconds: 86_400,
  reason: 'For your appointment.',
} as const
