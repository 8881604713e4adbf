import type { z } from 'zod'
import { CarekeyError } from '../../protocol/errors.ts'

/** @throws CarekeyError `params-invalid` naming the fields that are wrong, never their values. */
export function parse<S extends z.ZodType>(schema: S, value: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const paths = parsed.error.issues.map((issue) => issue.path.map(String).join('.')).filter(Boolean)
  const fields = [...new Set(paths)].slice(0, 5).join(', ')
  throw new CarekeyError('params-invalid', `${what} has the wrong form${fields ? `: check ${fields}` : ''}.`)
}
