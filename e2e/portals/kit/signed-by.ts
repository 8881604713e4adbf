import type { PractitionerKey } from 'carekey/portal/server'
import type { Practitioner } from './config.ts'

/** The key of who is named, "Dr. Aoife Byrne, Laboratory Medicine"; of nobody, where nobody of this name has one. */
export function signedBy(
  practitioners: readonly Practitioner[],
  named: string,
): { signedBy?: PractitionerKey } {
  const found = practitioners.find(({ name }) => named === name || named.startsWith(`${name},`))
  return found ? { signedBy: { id: found.id, signingKey: found.signingKey } } : {}
}
