import { BaseError, decodeErrorResult, type Hex, isHex, RpcRequestError } from 'viem'
import { CarekeyError, type Reason } from '../protocol/errors.ts'
import { accreditationAbi } from './generated/accreditation.ts'
import { attestationsAbi } from './generated/attestations.ts'
import { batchesAbi } from './generated/batches.ts'
import { consentsAbi } from './generated/consents.ts'
import { creditsAbi } from './generated/credits.ts'
import { delegationsAbi } from './generated/delegations.ts'
import { disputesAbi } from './generated/disputes.ts'
import { emergencyAccessAbi } from './generated/emergency-access.ts'
import { practitionersAbi } from './generated/practitioners.ts'
import { recordsAbi } from './generated/records.ts'
import { statisticsAbi } from './generated/statistics.ts'
import { validatorsAbi } from './generated/validators.ts'

const abi = [
  ...accreditationAbi,
  ...consentsAbi,
  ...recordsAbi,
  ...batchesAbi,
  ...practitionersAbi,
  ...attestationsAbi,
  ...emergencyAccessAbi,
  ...delegationsAbi,
  ...disputesAbi,
  ...statisticsAbi,
  ...creditsAbi,
  ...validatorsAbi,
].filter((entry) => entry.type === 'error')

/** The order of `IAccreditation.Flaw`. */
const flaws = ['organization-unknown', 'organization-suspended', 'organization-expired'] as const

/** The order of `IPractitioners.PractitionerFlaw`. */
const practitionerFlaws = ['practitioner-unknown', 'practitioner-suspended', 'practitioner-expired'] as const

const reasons: Record<string, Reason> = {
  DeadlinePassed: 'deadline-passed',
  InvalidSignature: 'signature-wrong',
  InvalidPeriod: 'params-invalid',
  AlreadyGranted: 'grant-exists',
  AlreadyRevoked: 'grant-revoked',
  UnknownGrant: 'grant-unknown',
  NotBegun: 'grant-not-started',
  Ended: 'grant-expired',
  AlreadyAccessed: 'access-logged',
  InvalidCommitment: 'params-invalid',
  AlreadyAnchored: 'anchor-exists',
  UnknownPrevious: 'previous-unknown',
  UnknownOrganization: 'organization-unknown',
  AccessControlUnauthorizedAccount: 'forbidden',
  InvalidId: 'params-invalid',
  InvalidName: 'params-invalid',
  InvalidSigner: 'params-invalid',
  InvalidRecipient: 'params-invalid',
  InvalidOrigins: 'params-invalid',
  InvalidValidity: 'params-invalid',
  BlockNotReached: 'params-invalid',
  AlreadyRegistered: 'registration-refused',
  SignerTaken: 'registration-refused',
  OriginTaken: 'registration-refused',
  AlreadySuspended: 'registration-refused',
  NotSuspended: 'registration-refused',
  PractitionerAlreadySuspended: 'registration-refused',
  PractitionerNotSuspended: 'registration-refused',
  InvalidRoot: 'params-invalid',
  AlreadyBatched: 'batch-exists',
  UnknownBatch: 'batch-unknown',
  NotIncluded: 'batch-unknown',
  BatchedTooLate: 'deadline-passed',
  InvalidBatchedPeriod: 'params-invalid',
  NotAccreditedThen: 'organization-unknown',
  OwnSupporter: 'support-refused',
  MutualSupport: 'support-refused',
  NotApproved: 'support-refused',
  AlreadyApproved: 'support-refused',
  UnknownSupporter: 'support-refused',
  InvalidSupporters: 'params-invalid',
  WrongRound: 'params-invalid',
  InvalidDeposit: 'params-invalid',
  InvalidChoice: 'params-invalid',
  AlreadyOpened: 'deposit-exists',
  UnknownDeposit: 'deposit-unknown',
  VotingOver: 'voting-over',
  VoteSuperseded: 'vote-superseded',
  InvalidPolicy: 'params-invalid',
  InvalidReason: 'params-invalid',
  WrongPolicyRound: 'params-invalid',
  NotAllowed: 'emergency-refused',
  WrongRole: 'emergency-refused',
  OrganizationNotListed: 'emergency-refused',
  CaseExists: 'emergency-exists',
  UnknownCase: 'emergency-unknown',
  CaseOver: 'emergency-over',
  CaseNotOver: 'emergency-not-over',
  AlreadyReviewed: 'emergency-over',
  NotGuardian: 'forbidden',
  UnknownPractitioner: 'practitioner-unknown',
  InvalidPractitioner: 'params-invalid',
  InvalidRole: 'params-invalid',
  InvalidPractitionerSigner: 'params-invalid',
  InvalidPractitionerValidity: 'params-invalid',
  PractitionerExists: 'registration-refused',
  PractitionerSignerTaken: 'registration-refused',
  QuorumReached: 'voting-over',
  BeyondDelegation: 'delegation-not-live',
  InvalidDelegation: 'params-invalid',
  InvalidDelegationPeriod: 'params-invalid',
  AlreadyDelegated: 'delegation-exists',
  DelegationIsRevoked: 'delegation-revoked',
  DelegationNotLive: 'delegation-not-live',
  RoleTooWeak: 'delegation-too-weak',
  InvalidDispute: 'params-invalid',
  AlreadyDisputed: 'dispute-exists',
  DisputeNotOpen: 'dispute-unknown',
  AlreadyTombstoned: 'tombstone-exists',
  InvalidStatisticsPeriod: 'params-invalid',
  TooManyRows: 'params-invalid',
  InvalidRow: 'params-invalid',
  CountTooSmall: 'count-too-small',
  NotConfirmed: 'credit-refused',
  NobodyAsked: 'credit-refused',
  IsDisputed: 'credit-refused',
  NotUpheld: 'credit-refused',
  InvalidAppraisal: 'params-invalid',
  NothingDue: 'credit-exists',
  InvalidSeats: 'params-invalid',
  NotProposed: 'election-refused',
  SecondOfficerNeeded: 'election-refused',
  NotConfirmableYet: 'election-refused',
  WrongCandidacyRound: 'params-invalid',
  NodeTaken: 'election-refused',
  TooManyCandidates: 'election-refused',
  TermNotOver: 'election-refused',
}

const texts: Partial<Record<Reason, string>> = {
  'deadline-passed': 'The signature came too late for the ledger. Sign again with a later deadline.',
  'signature-wrong': 'The ledger refused the signature: it is not by the expected key, or not over this act.',
  'params-invalid': 'The ledger refused a value that no valid act has.',
  'grant-exists': 'This grant is on the ledger already.',
  'grant-revoked': 'The patient revoked this grant.',
  'grant-unknown': 'This grant is not on the ledger.',
  'grant-not-started': 'This grant has not begun yet.',
  'grant-expired': 'This grant has run out.',
  'access-logged': 'This access is on the ledger already.',
  'anchor-exists': 'This record is on the ledger already.',
  'support-refused': 'The authority has not approved that this organization supports the other.',
  'deposit-exists': 'This deposit is open for votes already.',
  'deposit-unknown': 'Nobody opened this deposit for votes.',
  'voting-over': 'The voting on this deposit is over.',
  'vote-superseded': 'A newer vote of this organization is on the ledger.',
  'delegation-exists': 'This delegation is on the ledger already.',
  'delegation-revoked': 'The patient took this delegation back.',
  'delegation-not-live': 'This delegation does not run, or not for so long.',
  'delegation-too-weak': 'The delegate’s role does not allow this.',
  'dispute-exists': 'The patient disputed this record already.',
  'dispute-unknown': 'There is no open dispute about this record.',
  'tombstone-exists': 'This record has its tombstone already.',
  'count-too-small': 'A count below ten must not be published: leave the row out.',
  'credit-refused': 'The record earns nothing: it is not confirmed by others, or it is disputed.',
  'credit-exists': 'What this record earned is credited already, or was taken back.',
  'election-refused': 'The seats cannot be filled in this way now.',
  'emergency-refused': 'The patient does not let this practitioner open an emergency.',
  'emergency-exists': 'This emergency was opened already.',
  'emergency-unknown': 'Nobody opened this emergency.',
  'emergency-over': 'This emergency is over.',
  'emergency-not-over': 'This emergency is not over yet.',
  'batch-exists': 'This batch is on the ledger already.',
  'batch-unknown': 'The ledger has no batch in which this lies.',
  'previous-unknown': 'The former version of this record is not on the ledger for this patient and author.',
  'organization-unknown': 'No accredited organization has this identifier.',
  'organization-suspended': 'The organization is suspended.',
  'organization-expired': 'The organization is outside the time for which it is accredited.',
  'practitioner-unknown': 'No practitioner has this identifier.',
  'practitioner-suspended': 'The practitioner is suspended.',
  'practitioner-expired': 'The practitioner is outside the time of accreditation.',
  forbidden: 'The ledger does not let this account do this.',
}

/** The declared refusal in a revert's data, or null if it is none of our contracts'. `data.error` is Solidity's name. */
export function decodeRefusal(data: Hex): CarekeyError | null {
  let decoded: { errorName: string; args?: readonly unknown[] | undefined }
  try {
    decoded = decodeErrorResult({ abi, data })
  } catch {
    return null
  }
  const { errorName, args } = decoded
  const flaw = Number(args?.[1])
  const reason =
    errorName === 'NotAccredited'
      ? flaws[flaw]
      : errorName === 'PractitionerNotAccredited'
        ? practitionerFlaws[flaw]
        : (reasons[errorName] ?? 'ledger-refused')
  if (!reason) return null
  const text = texts[reason] ?? `The ledger refused the act (${errorName}).`
  return new CarekeyError(reason, text, { data: { error: errorName } })
}

/** Any failure of a call to the ledger as a `CarekeyError`: a refusal, `ledger-refused`, or `ledger-unreachable`. */
export function asLedgerError(error: unknown): CarekeyError {
  if (error instanceof CarekeyError) return error
  const data = revertData(error)
  if (data !== null) {
    return (
      decodeRefusal(data) ??
      new CarekeyError('ledger-refused', 'The ledger refused the act without a known reason.', {
        cause: error,
      })
    )
  }
  if (isAnswered(error)) {
    return new CarekeyError('ledger-refused', 'The ledger’s node refused the request.', { cause: error })
  }
  return new CarekeyError('ledger-unreachable', 'The ledger did not answer. Try again in a moment.', {
    cause: error,
  })
}

/** Whether a node said no, as against not answering at all. */
export const isAnswered = (error: unknown): boolean =>
  error instanceof BaseError && error.walk((cause) => cause instanceof RpcRequestError) !== null

/** What a contract reverted with, or null if the call did not get that far. */
function revertData(error: unknown): Hex | null {
  if (!(error instanceof BaseError)) return null
  let found: Hex | null = null
  error.walk((cause) => {
    if (typeof cause !== 'object' || cause === null) return false
    const name = 'name' in cause ? cause.name : ''
    if (name === 'ExecutionRevertedError' || name === 'ContractFunctionRevertedError') found ??= '0x'
    for (const candidate of [
      'raw' in cause ? cause.raw : undefined,
      'data' in cause ? cause.data : undefined,
    ]) {
      const data =
        typeof candidate === 'object' && candidate !== null && 'data' in candidate
          ? candidate.data
          : candidate
      if (isHex(data)) found = data
    }
    return found !== null && found !== '0x'
  })
  return found
}
