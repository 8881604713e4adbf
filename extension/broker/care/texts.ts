import {
  type CareAnswer,
  type CareInvitation,
  careAnswerSchema,
  careInvitationSchema,
} from '../../../shared/protocol/care.ts'
import { fromCodePages, isCodePage } from '../../../shared/protocol/code-pages.ts'
import { CarekeyError } from '../../../shared/protocol/errors.ts'
import type { Network } from '../../../shared/protocol/network.ts'

/** Throws CarekeyError `params-invalid`. */
export function readInvitation({ chainId }: Network, text: string): CareInvitation {
  const invitation = careInvitationSchema.safeParse(jsonOf(text))
  if (!invitation.success || invitation.data.chainId !== chainId) {
    throw new CarekeyError('params-invalid', 'This is not a carer’s invitation of this network.')
  }
  const { voucher, patient, organization } = invitation.data
  if (voucher.patient !== patient || voucher.organization !== organization) {
    throw new CarekeyError('params-invalid', 'This invitation does not fit together: ask for a new one.')
  }
  return invitation.data
}

/** Throws CarekeyError `params-invalid`. */
export function readAnswer({ chainId }: Network, text: string): CareAnswer {
  const answer = careAnswerSchema.safeParse(jsonOf(text))
  if (!answer.success || answer.data.chainId !== chainId) {
    throw new CarekeyError('params-invalid', 'This is not a carer’s answer of this network.')
  }
  return answer.data
}

/** A text as it was copied, or the lines that were scanned from its codes. */
function jsonOf(text: string): unknown {
  const lines = text.split(/\s*\n\s*/).filter(Boolean)
  const json = lines.some(isCodePage) ? fromCodePages(lines) : text
  try {
    return JSON.parse(json)
  } catch {
    return null
  }
}
