import type { EmergencyCaseId, EmergencyOpening } from '../../../protocol/emergency.ts'
import type { OrganizationId } from '../../../protocol/ids.ts'

/** A FHIR R4 AuditEvent of a break-glass access: one when reading begins, one when it ends. */
export interface EmergencyAuditEvent {
  resourceType: 'AuditEvent'
  [element: string]: unknown
}

const dicom = 'http://dicom.nema.org/resources/ontology/DCM'
// DICOM PS3.16, CID 402 and 403.
const subtypes = {
  start: { system: dicom, code: '110127', display: 'Emergency Override Started' },
  stop: { system: dicom, code: '110138', display: 'Emergency Override Stopped' },
} as const

export interface AuditedCase {
  id: EmergencyCaseId
  opening: EmergencyOpening
  organization: OrganizationId
  /** Unix seconds. */
  at: number
}

export function auditEventOf(
  which: keyof typeof subtypes,
  { id, opening, organization, at }: AuditedCase,
): EmergencyAuditEvent {
  const text = (value: string) => ({ identifier: { value } })
  return {
    resourceType: 'AuditEvent',
    type: { system: dicom, code: '110113', display: 'Security Alert' },
    subtype: [subtypes[which]],
    action: 'E',
    recorded: new Date(at * 1_000).toISOString(),
    outcome: '0',
    purposeOfEvent: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
            code: 'BTG',
            display: 'break the glass',
          },
        ],
        text: opening.reason,
      },
    ],
    agent: [
      { who: text(opening.practitioner), requestor: true },
      { who: text(organization), requestor: false },
    ],
    source: { observer: text(organization) },
    entity: [
      {
        what: text(opening.patient),
        role: { system: 'http://terminology.hl7.org/CodeSystem/object-role', code: '1', display: 'Patient' },
        detail: [{ type: 'case', valueString: id }],
      },
    ],
  }
}
