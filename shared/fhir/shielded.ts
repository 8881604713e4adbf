import { type Category, categories } from '../protocol/categories.ts'
import { categoryByCategoryCode, categoryByLoinc, categoryEntries } from './categories.ts'
import { at, codeOf, type JsonObject, listOf, objectOf, textOf } from './json.ts'

// HL7 v3 ActCode sensitivity labels (terminology.hl7.org, InformationSensitivityPolicy): what the author itself marked.
const labelCodes: Partial<Record<Category, readonly string[]>> = {
  'mental-health': ['PSY', 'PSYTHPN', 'BH', 'MH', 'MENCAT', 'COGN', 'DVD', 'EMOTDIS'],
  'sexual-health': ['SEX', 'SDV', 'HIV', 'STD', 'PREGNANT'],
  genetics: ['GDIS'],
  'substance-use': ['ETH', 'ETHUD', 'OPIOIDUD', 'SUD'],
}
const securityLabels = new Map<string, Category>(
  categories.flatMap((category) => (labelCodes[category] ?? []).map((code) => [code, category] as const)),
)

/** ICD-10 chapters by prefix; the longest prefix wins. */
const icd10: readonly (readonly [RegExp, Category])[] = [
  [/^F1/i, 'substance-use'],
  [/^(Z7[12]\.?[45]|T4[03]|K70|R78\.?[0-5])/i, 'substance-use'],
  [/^F(0[4-9]|[2-9])/i, 'mental-health'],
  [/^(X[67]\d|X8[0-4]|T14\.?91|R45\.?85)/i, 'mental-health'],
  [/^(A5[0-9]|A6[0-4]|B2[0-4]|Z21|Z20\.?6|Z3[0-9]|O\d\d|N97|R75|F52|N52)/i, 'sexual-health'],
  [/^(Q9|Z15|Z14|Z31\.?5)/i, 'genetics'],
]

/** ATC classes of medicines that tell as much as the diagnosis. */
const atc: readonly (readonly [RegExp, Category])[] = [
  [/^N07B/i, 'substance-use'],
  [/^N0(5A|5B|6A|6B)/i, 'mental-health'],
  [/^(G03[AGX]|G04BE|J05AR|J05AE|J05AF)/i, 'sexual-health'],
]

/**
 * English words in the name of a finding, test, document or medicine. A guess, on purpose wide: a record shielded
 * without need costs the patient one tap, one shown without need cannot be taken back.
 */
const words: readonly (readonly [RegExp, Category])[] = [
  [
    /\b(?:alcohol(?:ism|ic| use| abuse| dependence| misuse)|drug (?:abuse|overdose|dependence|misuse|screen)|overdose|addict|detoxif|drug rehab|substance (?:use|abuse)|opioid (?:use|abuse|dependence)|cocaine|heroin|cannabis|methadone|buprenorphine|naltrexone|disulfiram|acamprosate|withdrawal syndrome)/i,
    'substance-use',
  ],
  [
    /\b(?:depressi(?:on|ve) (?:disorder|episode|screen|score)|(?:major|postpartum|recurrent|severe|mild|moderate) depression|^depression\b|depressed mood|anxiety|panic (?:attack|disorder)|bipolar|schizo|psychosis|psychotic|psychiatr|psychother|mental (?:health|disorder)|ptsd|post-?traumatic stress|suicid|self-?harm|attention deficit|adhd\b|autis|eating disorder|anorexia nervosa|bulimia|personality disorder|obsessive|phq-?[29]|gad-?7|fluoxetine|sertraline|citalopram|paroxetine|venlafaxine|duloxetine|mirtazapine|lithium carbonate|olanzapine|risperidone|quetiapine|clozapine|aripiprazole|haloperidol)/i,
    'mental-health',
  ],
  [
    /\b(?:hiv\b|human immunodeficiency|acquired immun|chlamydia|gonorrh|syphilis|treponema|genital herpes|trichomon|sexual|contracept|pregnan|abortion|miscarriage|infertil|fetus|foetus|antenatal|prenatal|gestational|erectile|sildenafil|ethinyl ?estradiol|levonorgestrel|medroxyprogesterone|intrauterine|tenofovir|emtricitabine|dolutegravir|truvada|vasectomy|tubal ligation|rape\b)/i,
    'sexual-health',
  ],
  [
    /\b(?:genetic|genomic|genotyp|gene (?:mutation|variant|analysis)|brca ?[12]|karyotyp|chromosom|dna sequenc|huntington|cystic fibrosis carrier|down syndrome|trisomy)/i,
    'genetics',
  ],
]

const conceptFields = [
  ...[
    'code',
    'category',
    'type',
    'class',
    'serviceType',
    'vaccineCode',
    'medicationCodeableConcept',
    'reasonCode',
  ],
  ...[
    'conclusionCode',
    'valueCodeableConcept',
    'clinicalImpression',
    'specialty',
    'diagnosisCodeableConcept',
  ],
] as const

function byRules(rules: readonly (readonly [RegExp, Category])[], value: string): Category | undefined {
  return rules.find(([rule]) => rule.test(value))?.[1]
}

function* shieldedInConcept(concept: JsonObject): Generator<Category | undefined> {
  for (const coding of listOf(at(concept, 'coding'))) yield* shieldedInCoding(coding)
  // `class` and `modality` are bare codings.
  yield* shieldedInCoding(concept)
  yield byRules(words, textOf(at(concept, 'text')) ?? '')
}

function* shieldedInCoding(coding: JsonObject): Generator<Category | undefined> {
  const system = codeOf(at(coding, 'system')) ?? ''
  const code = codeOf(at(coding, 'code')) ?? ''
  if (/icd-?10/i.test(system)) yield byRules(icd10, code)
  else if (/atc/i.test(system)) yield byRules(atc, code)
  else if (/loinc/i.test(system)) yield categoryByLoinc.get(code)
  else if (/v2-0074/.test(system)) yield categoryByCategoryCode.get(code)
  yield byRules(words, textOf(at(coding, 'display')) ?? '')
}

/** Parts of a resource that hold concepts of their own. */
const lineFields = ['item', 'diagnosis', 'component', 'section', 'condition', 'prediction'] as const
const lineConcepts = [
  'productOrService',
  'diagnosisCodeableConcept',
  'code',
  'outcome',
  'valueCodeableConcept',
] as const
const textFields = ['description', 'title', 'conclusion', 'valueString'] as const
const referenceFields = ['medicationReference', 'reasonReference', 'diagnosisReference'] as const
/** What an institution is called says nothing about this patient ("Hospitals, except psychiatric hospitals"). */
const institutions = new Set([
  'Organization',
  'Location',
  'HealthcareService',
  'Practitioner',
  'PractitionerRole',
])

/** The shielded categories that one resource, with what it contains, tells something about. Empty for most. */
export function shieldedCategoriesOf(body: JsonObject): Set<Category> {
  const found = new Set<Category>()
  for (const one of [body, ...listOf(at(body, 'contained'))]) {
    const type = at(one, 'resourceType')
    if (typeof type === 'string' && institutions.has(type)) continue
    for (const category of marksIn(one)) {
      if (category !== undefined && categoryEntries[category].shielded) found.add(category)
    }
  }
  return found
}

function* marksIn(body: JsonObject): Generator<Category | undefined> {
  if (at(body, 'resourceType') === 'MolecularSequence') yield 'genetics'
  for (const label of [...listOf(at(body, 'meta', 'security')), ...listOf(at(body, 'securityLabel'))]) {
    for (const coding of [label, ...listOf(at(label, 'coding'))]) {
      yield securityLabels.get(codeOf(at(coding, 'code')) ?? '')
    }
  }
  yield* marksInFields(body, conceptFields)
  for (const field of lineFields)
    for (const line of listOf(at(body, field))) yield* marksInFields(line, lineConcepts)
  for (const activity of listOf(at(body, 'activity')))
    yield* marksInFields(objectOf(at(activity, 'detail')), ['code'])
  for (const section of listOf(at(body, 'section'))) yield byRules(words, textOf(at(section, 'title')) ?? '')
  for (const field of textFields) yield byRules(words, textOf(at(body, field)) ?? '')
  for (const field of referenceFields) {
    for (const reference of listOf(at(body, field)))
      yield byRules(words, textOf(at(reference, 'display')) ?? '')
  }
}

function* marksInFields(body: JsonObject, fields: readonly string[]): Generator<Category | undefined> {
  for (const field of fields) for (const concept of listOf(at(body, field))) yield* shieldedInConcept(concept)
}
