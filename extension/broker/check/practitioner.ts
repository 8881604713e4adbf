import { type Practitioner, practitionerRefusal } from '../../../shared/contracts/practitioners.ts'
import { CarekeyError } from '../../../shared/protocol/errors.ts'
import type { OrganizationId, PractitionerId } from '../../../shared/protocol/ids.ts'
import type { PractitionerSignature } from '../../../shared/protocol/practitioner-signature.ts'
import type { TypedData } from '../../../shared/protocol/typed-data.ts'
import type { Ledger } from '../ledger.ts'
import { requireSigner } from './signature.ts'

const words = {
  'practitioner-unknown': 'Nobody has accredited this practitioner for this organization.',
  'practitioner-suspended': 'The health authority has suspended this practitioner.',
  'practitioner-expired': 'This practitioner’s accreditation has run out.',
}

/**
 * The practitioner as the ledger has it now, accredited under this organization at the chain's time.
 * Throws CarekeyError `practitioner-unknown`, `practitioner-suspended`, `practitioner-expired`, `ledger-unreachable`.
 */
export async function requirePractitioner(
  ledger: Ledger,
  organization: OrganizationId,
  id: PractitionerId,
  time: number,
): Promise<Practitioner> {
  const practitioner = await ledger.practitioner(id)
  const refusal = practitionerRefusal(practitioner, organization, time)
  if (refusal !== null || practitioner === null) {
    const reason = refusal ?? 'practitioner-unknown'
    throw new CarekeyError(reason, words[reason])
  }
  return practitioner
}

/** The same, and the signature is the practitioner's. Also throws `signature-wrong`. */
export async function requirePractitionerSigner(
  ledger: Ledger,
  organization: OrganizationId,
  { id, signature }: PractitionerSignature,
  data: TypedData,
): Promise<Practitioner> {
  const practitioner = await requirePractitioner(ledger, organization, id, await ledger.time())
  await requireSigner(data, signature, practitioner.signer)
  return practitioner
}
