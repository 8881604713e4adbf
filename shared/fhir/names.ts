import { at, codeOf, isObject, type JsonObject, listOf, textOf } from './json.ts'

/** Everyday names of common tests and measurements by LOINC code, used in place of LOINC's long names. */
const loincNames = new Map<string, string>([
  ['718-7', 'Hemoglobin'],
  ['4548-4', 'Hemoglobin A1c (long-term blood sugar)'],
  ['17856-6', 'Hemoglobin A1c (long-term blood sugar)'],
  ['789-8', 'Red blood cells'],
  ['6690-2', 'White blood cells'],
  ['26464-8', 'White blood cells'],
  ['777-3', 'Platelets'],
  ['4544-3', 'Hematocrit'],
  ['20570-8', 'Hematocrit'],
  ['785-6', 'Hemoglobin per red cell (MCH)'],
  ['786-4', 'Hemoglobin concentration in red cells (MCHC)'],
  ['787-2', 'Red cell size (MCV)'],
  ['21000-5', 'Red cell size variation (RDW)'],
  ['788-0', 'Red cell size variation (RDW)'],
  ['32207-3', 'Platelet size variation (PDW)'],
  ['32623-1', 'Platelet size (MPV)'],
  ['2339-0', 'Glucose'],
  ['2345-7', 'Glucose'],
  ['15074-8', 'Glucose'],
  ['6299-2', 'Urea nitrogen'],
  ['3094-0', 'Urea nitrogen'],
  ['38483-4', 'Creatinine'],
  ['2160-0', 'Creatinine'],
  ['33914-3', 'Kidney filtration rate (eGFR)'],
  ['62238-1', 'Kidney filtration rate (eGFR)'],
  ['49765-1', 'Calcium'],
  ['17861-6', 'Calcium'],
  ['2947-0', 'Sodium'],
  ['2951-2', 'Sodium'],
  ['6298-4', 'Potassium'],
  ['2823-3', 'Potassium'],
  ['2069-3', 'Chloride'],
  ['2075-0', 'Chloride'],
  ['20565-8', 'Carbon dioxide'],
  ['2028-9', 'Carbon dioxide'],
  ['1742-6', 'Liver enzyme ALT'],
  ['1920-8', 'Liver enzyme AST'],
  ['6768-6', 'Alkaline phosphatase'],
  ['1751-7', 'Albumin'],
  ['1975-2', 'Bilirubin, total'],
  ['2885-2', 'Protein, total'],
  ['10834-0', 'Globulin'],
  ['2093-3', 'Cholesterol, total'],
  ['14647-2', 'Cholesterol, total'],
  ['35200-5', 'Cholesterol, total'],
  ['2085-9', 'HDL cholesterol'],
  ['14646-4', 'HDL cholesterol'],
  ['18262-6', 'LDL cholesterol'],
  ['13457-7', 'LDL cholesterol'],
  ['22748-8', 'LDL cholesterol'],
  ['2571-8', 'Triglycerides'],
  ['14927-8', 'Triglycerides'],
  ['35217-9', 'Triglycerides'],
  ['882-1', 'Blood group'],
  ['57905-2', 'Hidden blood in stool'],
  ['664-3', 'Gram stain'],
  ['94309-2', 'COVID-19 test (PCR)'],
  ['2708-6', 'Oxygen saturation'],
  ['59408-5', 'Oxygen saturation'],
  ['8302-2', 'Body height'],
  ['29463-7', 'Body weight'],
  ['39156-5', 'Body mass index'],
  ['55284-4', 'Blood pressure'],
  ['85354-9', 'Blood pressure'],
  ['8480-6', 'Systolic blood pressure'],
  ['8462-4', 'Diastolic blood pressure'],
  ['8867-4', 'Heart rate'],
  ['9279-1', 'Breathing rate'],
  ['8310-5', 'Body temperature'],
  ['8331-1', 'Body temperature (mouth)'],
  ['38265-5', 'Bone density (T-score)'],
  ['72514-3', 'Pain (0 to 10)'],
  ['72166-2', 'Smoking'],
  ['9269-2', 'Glasgow Coma Scale'],
  ['58410-2', 'Complete blood count'],
  ['24323-8', 'Comprehensive metabolic panel'],
  ['51990-0', 'Basic metabolic panel'],
  ['57698-3', 'Lipid panel'],
  ['24331-1', 'Lipid panel'],
  ['69453-9', 'Cause of death'],
  ['69409-1', 'Death certificate'],
])

const loincLongName =
  /\[[^\]]*\]|\/[A-Z][a-z]+\.total| (?:in|of) (?:Blood|Serum|Plasma|Urine)| by |, unspecified| panel - | NHIS$/
const snomedTag =
  / \((?:disorder|finding|procedure|situation|event|observable entity|regime\/therapy|record artifact|substance|product|body structure|qualifier value|morphologic abnormality|person|organism|physical object|clinical drug|medicinal product|assessment scale)\)$/i

/** A name without the parts that only terminologists need. */
function plain(name: string): string {
  const untagged = name.replace(snomedTag, '')
  if (!loincLongName.test(untagged)) return untagged
  const short = untagged
    .replace(/ ?\[[^\]]*\]/g, '')
    .replace(/ (?:in|of) (?:(?:Arterial|Venous|Capillary) )?(?:Blood|Serum or Plasma|Serum|Plasma)\b/gi, '')
    .replace(/ by (?:Automated count|calculation|HPLC|Immunologic method|Screen method)\b/gi, '')
    .replace(/\/[A-Z][a-z]+\.total/g, '')
    .trim()
  return short === '' ? untagged : short
}

/** Text that is a code rather than a name: no letters, or capitals and digits run together such as "GNFLU2". */
const looksLikeCode = (text: string): boolean =>
  /^[\d\W_]+$/.test(text) || /^[A-Z\d]+(?:_[A-Z\d]+)+$/.test(text) || /^(?=.*\d)[A-Z0-9_.^-]{4,}$/.test(text)

/** The readable name of a CodeableConcept or Coding, never its code; undefined when the author gave no name. */
export function nameOf(concept: unknown): string | undefined {
  const [first] = listOf(concept)
  if (!first) return undefined
  const codings =
    isObject(at(first, 'coding')) || Array.isArray(at(first, 'coding'))
      ? listOf(at(first, 'coding'))
      : [first]
  const chosen = codings.filter((coding) => at(coding, 'userSelected') === true)
  const displays = [...chosen, ...codings].map((coding) => textOf(at(coding, 'display')))
  const known = codings.map(everydayName).find((name) => name !== undefined)
  const given = [textOf(at(first, 'text')), ...displays].find(
    (name) => name !== undefined && !looksLikeCode(name),
  )
  // The author's own words stand, unless they are the terminology's long name.
  if (
    given === undefined ||
    (known !== undefined && (loincLongName.test(given) || displays.includes(given)))
  ) {
    return known ?? given
  }
  return plain(given)
}

function everydayName(coding: JsonObject): string | undefined {
  if (!/loinc/i.test(codeOf(at(coding, 'system')) ?? '')) return undefined
  return loincNames.get(codeOf(at(coding, 'code')) ?? '')
}

/** Given names and family name of a FHIR HumanName list, the official one first. */
export function personName(names: unknown): string | undefined {
  const list = listOf(names)
  const usable = list.filter((name) => at(name, 'use') !== 'old')
  const best = usable.find((name) => at(name, 'use') === 'official') ?? usable[0] ?? list[0]
  if (!best) return undefined
  const given = at(best, 'given')
  const parts = [...(Array.isArray(given) ? given : [given]), at(best, 'family')]
  const text = parts
    .map((part) => textOf(part))
    .filter((part) => part !== undefined)
    .join(' ')
  return textOf(text) ?? textOf(at(best, 'text'))
}

/** "MedicationRequest" as people read it: "Medication request". */
export function humanized(type: string): string {
  const words = type.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** A FHIR code such as "entered-in-error" as words. Only for the fixed codes of FHIR itself, which are English words. */
export function statusWords(code: unknown): string | undefined {
  const text = codeOf(code)
  if (text === undefined || !/^[a-z][a-z -]{1,40}$/i.test(text)) return undefined
  const words = text.replace(/-/g, ' ').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** The status inside a CodeableConcept with FHIR's own codes, such as Condition.clinicalStatus. */
export const statusOf = (concept: unknown): string | undefined =>
  statusWords(codeOf(concept) ?? at(listOf(at(concept, 'coding'))[0], 'code')) ?? textOf(at(concept, 'text'))
