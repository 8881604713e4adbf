import { CarekeyError, type Reason } from '../../../shared/protocol/errors.ts'

export interface FailureWords {
  /** What did not work, in a few words. */
  title: string
  /** What was kept, and what was not. */
  kept: string
  /** What to do now. */
  next: string
}

const unreachable = 'Nothing was lost: what you had before is still here.'

const known: Partial<Record<Reason, Omit<FailureWords, 'kept'> & { kept?: string }>> = {
  'params-invalid': { title: 'That did not work', next: 'Check what you entered and try again.' },
  'vault-locked': { title: 'Carekey is locked', next: 'Unlock it with your passphrase and try again.' },
  'vault-missing': {
    title: 'There is no Carekey in this browser',
    next: 'Create one, or restore yours from its recovery sheet.',
  },
  'relay-unreachable': {
    title: 'The relay cannot be reached',
    kept: unreachable,
    next: 'Check your internet connection and try again.',
  },
  'ledger-unreachable': {
    title: 'The ledger cannot be reached',
    kept: unreachable,
    next: 'Check your internet connection and try again.',
  },
  'ledger-refused': {
    title: 'The ledger did not take it',
    next: 'Try again. If it fails again, tell the organization.',
  },
  'storage-full': {
    title: 'This device is full',
    kept: 'What was saved before is still here; this was not saved.',
    next: 'Free some space and try again.',
  },
  'pin-failed': {
    title: 'The relay could not keep the record',
    kept: 'The record was not saved.',
    next: 'Try again in a while.',
  },
  'quota-exceeded': {
    title: 'Your space at the relay is used up',
    kept: 'What was saved before is still there; this was not saved.',
    next: 'Ask a connected hospital, or use another relay.',
  },
  'rate-limited': { title: 'Too many tries in a short time', next: 'Wait a minute and try again.' },
  'request-expired': { title: 'The request ran out', next: 'Ask the organization to send it again.' },
  'request-cancelled': { title: 'The request was taken back', next: 'There is nothing to do.' },
  'record-missing': { title: 'The record was not found', next: 'Ask the organization to send it again.' },
  'record-damaged': {
    title: 'The record is damaged',
    kept: 'It was not saved.',
    next: 'Ask the organization to send it again.',
  },
  'record-hash-wrong': {
    title: 'The record is not what was signed',
    kept: 'It was not saved.',
    next: 'Tell the organization; do not accept it.',
  },
  'statement-mismatch': {
    title: 'The record is not what was signed',
    kept: 'It was not saved.',
    next: 'Tell the organization; do not accept it.',
  },
  'record-too-large': {
    title: 'The record is too large',
    kept: 'It was not saved.',
    next: 'Ask the organization to send it in parts.',
  },
  'record-format-unknown': {
    title: 'Carekey cannot read this kind of file',
    kept: 'It was not saved.',
    next: 'Ask the organization for another format.',
  },
  'organization-suspended': {
    title: 'The health authority has suspended this organization',
    next: 'Do not share anything with it for now.',
  },
  'organization-expired': {
    title: 'The organization’s accreditation has run out',
    next: 'Ask the organization to renew it.',
  },
}

/** An error as a screen shows it. The message of the error stands in for what the reason alone cannot tell. */
export function failureInWords(error: unknown): FailureWords & { message: string; reason: Reason } {
  const reason = error instanceof CarekeyError ? error.reason : 'internal'
  const message = error instanceof CarekeyError ? error.message : 'Something went wrong inside Carekey.'
  const words = known[reason]
  return {
    reason,
    message,
    title: words?.title ?? 'That did not work',
    kept: words?.kept ?? 'Nothing was changed.',
    next: words?.next ?? 'Try again. If it fails again, restart the browser.',
  }
}
