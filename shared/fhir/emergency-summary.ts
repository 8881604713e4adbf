/** What a patient has chosen for an emergency, in their own words. */
export interface EmergencyContent {
  name: string
  /** FHIR date */
  birthDate: string | null
  entries: readonly { section: EmergencySection; text: string; note: string }[]
  contacts: readonly { name: string; relation: string; phone: string }[]
}

export const emergencySections = ['allergies', 'medications', 'problems'] as const
export type EmergencySection = (typeof emergencySections)[number]

// Sections of the International Patient Summary, https://hl7.org/fhir/uv/ips/
const sections = {
  allergies: { title: 'Allergies and intolerances', code: '48765-2' },
  medications: { title: 'Medication summary', code: '10160-0' },
  problems: { title: 'Problems', code: '11450-4' },
} as const satisfies Record<EmergencySection, { title: string; code: string }>

const loinc = 'http://loinc.org'
const subject = { reference: 'urn:uuid:00000000-0000-4000-8000-000000000001' }

/**
 * A FHIR R4 document in the form of a patient summary. Entries are texts without codes: the patient chose the words, and
 * may have typed them.
 */
export function emergencyDocument(content: EmergencyContent, writtenAt: Date): Record<string, unknown> {
  const at = writtenAt.toISOString()
  const entries = content.entries.map((entry, index) => ({ ...entry, fullUrl: urlOf(index + 10) }))
  const composition = {
    resourceType: 'Composition',
    status: 'final',
    type: { coding: [{ system: loinc, code: '60591-5', display: 'Patient summary Document' }] },
    subject,
    date: at,
    author: [subject],
    title: 'Emergency summary',
    section: emergencySections.map((section) => ({
      title: sections[section].title,
      code: { coding: [{ system: loinc, code: sections[section].code }] },
      ...entriesOrReason(entries.filter((entry) => entry.section === section).map(({ fullUrl }) => fullUrl)),
    })),
  }
  return {
    resourceType: 'Bundle',
    type: 'document',
    timestamp: at,
    entry: [
      { fullUrl: urlOf(0), resource: composition },
      { fullUrl: subject.reference, resource: patientOf(content) },
      ...entries.map((entry) => ({ fullUrl: entry.fullUrl, resource: resourceOf(entry, at) })),
    ],
  }
}

/** Nothing chosen is not the same as nothing there. */
const entriesOrReason = (references: string[]) =>
  references.length > 0
    ? { entry: references.map((reference) => ({ reference })) }
    : { emptyReason: { text: 'The patient has put nothing here.' } }

const urlOf = (index: number) => `urn:uuid:00000000-0000-4000-8000-${String(index + 100).padStart(12, '0')}`

const patientOf = ({ name, birthDate, contacts }: EmergencyContent) => ({
  resourceType: 'Patient',
  name: [{ text: name }],
  ...(birthDate ? { birthDate } : {}),
  contact: contacts.map((contact) => ({
    relationship: [{ text: contact.relation }],
    name: { text: contact.name },
    telecom: [{ system: 'phone', value: contact.phone }],
  })),
})

function resourceOf(entry: EmergencyContent['entries'][number], at: string): Record<string, unknown> {
  const note = entry.note === '' ? {} : { note: [{ text: entry.note }] }
  switch (entry.section) {
    case 'allergies':
      return { resourceType: 'AllergyIntolerance', code: { text: entry.text }, patient: subject, ...note }
    case 'medications':
      return {
        resourceType: 'MedicationStatement',
        status: 'active',
        medicationCodeableConcept: { text: entry.text },
        subject,
        dateAsserted: at,
        ...note,
      }
    case 'problems':
      return { resourceType: 'Condition', code: { text: entry.text }, subject, ...note }
  }
}
