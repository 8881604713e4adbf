import type { z } from 'zod'
import { daysOf } from './dates.ts'
import type { ClinicalDocument, Issue, Resource } from './document.ts'
import { at, isObject, listOf } from './json.ts'
import { limits } from './limits.ts'
import { schemas } from './schemas.ts'

/**
 * Checks the structure of what we show: required fields, kinds of values, codes of FHIR's own lists, references,
 * one patient. Not HL7's validator: profiles and terminologies are not checked. Includes the issues of reading.
 */
export function validate(document: ClinicalDocument, now: Date = new Date()): Issue[] {
  const issues: Issue[] = [...document.issues]
  for (const resource of document.resources) {
    if (issues.length > limits.issuesMax) break
    issues.push(...structure(resource), ...futureDates(resource, now))
  }
  issues.push(...references(document), ...patients(document))
  if (issues.length <= limits.issuesMax) return issues
  const more = {
    severity: 'information',
    where: 'The file',
    what: 'More was found than is listed here.',
  } as const
  return [...issues.slice(0, limits.issuesMax), more]
}

function structure(resource: Resource): Issue[] {
  const schema = schemas.get(resource.type)
  if (!schema) return []
  const result = schema.safeParse(resource.body)
  return result.success ? [] : result.error.issues.slice(0, 10).map((issue) => inWords(resource, issue))
}

function inWords(resource: Resource, issue: z.core.$ZodIssue): Issue {
  const path = issue.path.map((part) => (typeof part === 'number' ? part + 1 : String(part))).join(' ')
  const where = path === '' ? resource.where : `${resource.where}: ${path}`
  const value = issue.path.reduce<unknown>((current, key) => read(current, key), resource.body)
  if (issue.code === 'invalid_value') {
    if (value === undefined) return { severity: 'error', where, what: 'This is missing.' }
    return { severity: 'warning', where, what: 'This is not one of the codes that FHIR knows here.' }
  }
  if (issue.code === 'invalid_type' && value === undefined)
    return { severity: 'error', where, what: 'This is missing.' }
  if (issue.code === 'invalid_type')
    return { severity: 'error', where, what: `This is no ${issue.expected}.` }
  if (issue.code === 'custom') return { severity: 'error', where, what: issue.message }
  return { severity: 'error', where, what: 'This is not written as FHIR wants it.' }
}

function read(value: unknown, key: PropertyKey): unknown {
  if (Array.isArray(value) && typeof key === 'number') return value[key]
  return isObject(value) && typeof key === 'string' ? at(value, key) : undefined
}

/** Things that happened cannot have happened tomorrow; a day is left for time zones. */
function futureDates(resource: Resource, now: Date): Issue[] {
  const tomorrow = new Date(now.getTime() + 24 * 3_600 * 1_000).toISOString().slice(0, 10)
  const fields = [
    'effectiveDateTime',
    'occurrenceDateTime',
    'performedDateTime',
    'issued',
    'onsetDateTime',
    'birthDate',
  ]
  return fields
    .filter((field) => (daysOf(at(resource.body, field))?.start ?? '') > tomorrow)
    .map((field) => ({
      severity: 'warning',
      where: `${resource.where}: ${field}`,
      what: 'This date is in the future.',
    }))
}

/** `urn:uuid:` and `#` references can only point inside the document, so a dangling one means that a part is missing. */
function references(document: ClinicalDocument): Issue[] {
  const issues: Issue[] = []
  const visit = (value: unknown, resource: Resource, owner: Resource): void => {
    if (issues.length >= limits.issuesMax) return
    if (Array.isArray(value)) {
      for (const item of value) visit(item, resource, owner)
      return
    }
    if (!isObject(value)) return
    const reference = at(value, 'reference')
    if (
      typeof reference === 'string' &&
      /^(?:urn:uuid:|#.)/.test(reference) &&
      !document.resolve(reference, owner)
    ) {
      issues.push({
        severity: 'warning',
        where: resource.where,
        what: 'A part that this refers to is missing.',
      })
    }
    for (const key of Object.keys(value)) visit(value[key], resource, owner)
  }
  for (const resource of document.resources) visit(resource.body, resource, resource)
  return issues
}

function patients(document: ClinicalDocument): Issue[] {
  const ids = new Set<string>()
  let named = 0
  for (const resource of document.resources) {
    if (resource.type === 'Patient') named++
    for (const field of ['subject', 'patient', 'beneficiary']) {
      for (const reference of listOf(at(resource.body, field))) {
        const target = document.resolve(reference, resource)
        const url = at(reference, 'reference')
        if (target?.type === 'Patient') ids.add(target.where)
        else if (typeof url === 'string' && /(?:^|\/)Patient\//.test(url))
          ids.add(url.replace(/^.*(?=Patient\/)/, ''))
      }
    }
  }
  const where = 'The file'
  if (named > 1) return [{ severity: 'error', where, what: `This file is about ${named} patients.` }]
  if (ids.size > 1)
    return [{ severity: 'error', where, what: 'Parts of this file belong to different patients.' }]
  if (named === 0 && ids.size === 0) {
    return [{ severity: 'information', where, what: 'This file does not say which patient it is about.' }]
  }
  return []
}
