import { type Category, categories, shieldedCategories } from '../protocol/categories.ts'

export { type Category, categories } from '../protocol/categories.ts'

/** What a category is called and which FHIR resources, HL7 and LOINC codes belong to it. */
export interface CategoryEntry {
  /** "laboratory report", as in "1 laboratory report" */
  one: string
  many: string
  /** Over a list of them. */
  heading: string
  /** Never included unless the patient adds it. */
  shielded: boolean
  /** FHIR R4 resource types that are of this category unless a code says otherwise. */
  resourceTypes: readonly string[]
  /** Codes in `category`: HL7 observation-category, v2-0074 (diagnostic service sections), LOINC document classes. */
  categoryCodes: readonly string[]
  /** LOINC codes of the resource itself. */
  loinc: readonly string[]
}

const entry = (
  category: Category,
  one: string,
  many: string,
  heading: string,
  mapping: Partial<Pick<CategoryEntry, 'resourceTypes' | 'categoryCodes' | 'loinc'>>,
): CategoryEntry => ({
  one,
  many,
  heading,
  shielded: shieldedCategories.has(category),
  resourceTypes: mapping.resourceTypes ?? [],
  categoryCodes: mapping.categoryCodes ?? [],
  loinc: mapping.loinc ?? [],
})

export const categoryEntries: Readonly<Record<Category, CategoryEntry>> = {
  problems: entry('problems', 'health problem', 'health problems', 'Health problems', {
    resourceTypes: ['Condition', 'RiskAssessment', 'DetectedIssue'],
    categoryCodes: ['problem-list-item', 'encounter-diagnosis', 'health-concern'],
    loinc: ['11450-4', '11348-0', '75326-9'],
  }),
  medications: entry('medications', 'medication record', 'medication records', 'Medications', {
    resourceTypes: [
      'MedicationRequest',
      'MedicationStatement',
      'MedicationDispense',
      'MedicationAdministration',
      'Medication',
    ],
    loinc: ['10160-0', '29549-3', '57828-6'],
  }),
  allergies: entry('allergies', 'allergy record', 'allergy records', 'Allergies', {
    resourceTypes: ['AllergyIntolerance', 'AdverseEvent'],
    loinc: ['48765-2'],
  }),
  immunizations: entry('immunizations', 'vaccination record', 'vaccination records', 'Vaccinations', {
    resourceTypes: ['Immunization', 'ImmunizationRecommendation', 'ImmunizationEvaluation'],
    loinc: ['11369-6', '60484-3', '82593-5'],
  }),
  laboratory: entry('laboratory', 'laboratory report', 'laboratory reports', 'Laboratory results', {
    resourceTypes: ['DiagnosticReport'],
    categoryCodes: [
      ...['laboratory', 'LAB', 'CH', 'HM', 'MB', 'MCB', 'MYC', 'IMM', 'SR', 'TX', 'BLB', 'VR', 'PAR', 'OSL'],
      ...[
        'SP',
        'CP',
        'CTH',
        'BG',
        'ICU',
        'NRS',
        '15220000',
        '252275004',
        'LP7839-6',
        'LP29693-6',
        '394595002',
      ],
    ],
    loinc: ['30954-2', '11502-2', '18723-7', '18725-2'],
  }),
  imaging: entry('imaging', 'imaging study', 'imaging studies', 'Imaging', {
    resourceTypes: ['ImagingStudy', 'Media'],
    categoryCodes: [
      ...['imaging', 'RAD', 'RX', 'CT', 'NMR', 'RUS', 'VUS', 'OUS', 'NMS', 'XRC', 'CUS', 'MG', 'MR', 'US'],
      ...['394914008', '363679005', 'LP29684-5'],
    ],
    loinc: ['18748-4', '38269-7', '24606-6', '30746-2', '36643-5'],
  }),
  procedures: entry('procedures', 'procedure', 'procedures', 'Procedures', {
    resourceTypes: ['Procedure'],
    categoryCodes: ['procedure', 'therapy', 'EC', 'EN', 'PF', 'LP29708-2'],
    loinc: ['47519-4', '11504-8'],
  }),
  documents: entry('documents', 'document', 'documents', 'Documents', {
    resourceTypes: [
      ...['Composition', 'DocumentReference', 'DocumentManifest', 'Binary', 'CarePlan', 'CareTeam', 'Goal'],
      ...['ClinicalImpression', 'Consent', 'Contract', 'FamilyMemberHistory', 'QuestionnaireResponse'],
      ...[
        'Communication',
        'ServiceRequest',
        'Flag',
        'NutritionOrder',
        'VisionPrescription',
        'DeviceUseStatement',
      ],
    ],
    loinc: ['60591-5', '18842-5', '34133-9', '11506-3', '34108-1', '28655-9', '57133-1'],
  }),
  vitals: entry('vitals', 'measurement', 'measurements', 'Measurements', {
    resourceTypes: ['Observation'],
    categoryCodes: ['vital-signs', 'vital-sign', 'survey', 'exam', 'social-history', 'activity'],
    loinc: [
      ...[
        '8302-2',
        '29463-7',
        '3141-9',
        '39156-5',
        '55284-4',
        '85354-9',
        '8480-6',
        '8462-4',
        '8867-4',
        '9279-1',
      ],
      ...[
        '8310-5',
        '8331-1',
        '2708-6',
        '59408-5',
        '8287-5',
        '9843-4',
        '72514-3',
        '72166-2',
        '9269-2',
        '8716-3',
      ],
    ],
  }),
  billing: entry('billing', 'bill or insurance paper', 'bills and insurance papers', 'Bills and insurance', {
    resourceTypes: [
      ...['Claim', 'ClaimResponse', 'ExplanationOfBenefit', 'Coverage', 'Invoice', 'Account', 'ChargeItem'],
      ...[
        'PaymentNotice',
        'PaymentReconciliation',
        'CoverageEligibilityRequest',
        'CoverageEligibilityResponse',
      ],
    ],
  }),
  'mental-health': entry('mental-health', 'mental health record', 'mental health records', 'Mental health', {
    loinc: ['44249-1', '44261-6', '55758-7', '69737-5', '70274-6', '71354-5', '73831-0', '34788-0'],
  }),
  'sexual-health': entry('sexual-health', 'sexual health record', 'sexual health records', 'Sexual health', {
    loinc: [
      ...['75622-1', '68961-2', '56888-1', '29893-5', '7917-8', '20447-9', '25835-0', '55277-8', '82810-3'],
      ...[
        '11778-8',
        '2106-3',
        '2118-8',
        '21613-5',
        '24111-7',
        '43304-5',
        '43305-2',
        '20507-0',
        '24110-9',
        '86849-3',
      ],
      ...['86645-5', '8665-2', '11996-6', '11449-6'],
    ],
  }),
  genetics: entry('genetics', 'genetic record', 'genetic records', 'Genetics', {
    resourceTypes: ['MolecularSequence'],
    categoryCodes: ['GE', 'CG'],
    loinc: [
      '51969-4',
      '81247-9',
      '69548-6',
      '48018-6',
      '53034-5',
      '55233-1',
      '21636-6',
      '21637-4',
      '81252-9',
    ],
  }),
  'substance-use': entry(
    'substance-use',
    'substance use record',
    'substance use records',
    'Alcohol and drugs',
    {
      loinc: [
        ...[
          '75626-2',
          '72109-2',
          '75624-7',
          '82666-9',
          '82667-7',
          '74013-4',
          '11331-6',
          '11343-1',
          '68517-2',
        ],
        ...['19659-2', '3879-4', '5640-8', '5643-2'],
      ],
    },
  ),
}

/** "1 laboratory report", "3 imaging studies". */
export const countInWords = (category: Category, count: number): string =>
  `${count} ${count === 1 ? categoryEntries[category].one : categoryEntries[category].many}`

function lookup(codes: (entry: CategoryEntry) => readonly string[]): ReadonlyMap<string, Category> {
  const found = new Map<string, Category>()
  for (const category of categories)
    for (const code of codes(categoryEntries[category])) found.set(code, category)
  return found
}

export const categoryByResourceType = lookup((entry) => entry.resourceTypes)
export const categoryByCategoryCode = lookup((entry) => entry.categoryCodes)
export const categoryByLoinc = lookup((entry) => entry.loinc)
