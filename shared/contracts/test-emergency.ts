// For tests of any room: an emergency practitioner, and how policies, openings and vetoes are signed.
import { keccak256, stringToBytes } from 'viem'
import type { PrivateKeyAccount } from 'viem/accounts'
import {
  type EmergencyCaseId,
  type EmergencyOpening,
  type EmergencyPolicy,
  type EmergencyVeto,
  emergencyCaseIdOf,
  openingTypedData,
  policyTypedData,
  type SignedEmergencyOpening,
  type SignedEmergencyPolicy,
  vetoTypedData,
} from '../protocol/emergency.ts'
import { addressSchema, type PractitionerId, pseudonymSchema, signatureSchema } from '../protocol/ids.ts'
import { encodeRegisterPractitioner, practitionerIdOf } from './practitioners.ts'
import { submit } from './submit.ts'
import { newPatient, type TestLedger } from './test-ledger.ts'

const minute = 60
const day = 24 * 60 * minute

export interface TestPractitioner {
  id: PractitionerId
  signer: PrivateKeyAccount
}

/** Registers an emergency practitioner under St. Brigid. */
export async function registerTestMedic(
  {
    deployed,
    startedAt,
    stBrigid,
    wallet,
  }: Pick<TestLedger, 'deployed' | 'startedAt' | 'wallet'> & {
    stBrigid: Pick<TestLedger['stBrigid'], 'id'>
  },
  name = 'medic',
): Promise<TestPractitioner> {
  const signer = newPatient()
  const id = practitionerIdOf(`https://st-brigid.example/practitioners/${name}`)
  const statement = {
    role: 'emergency' as const,
    signer: addressSchema.parse(signer.address),
    validFrom: startedAt - day,
    validUntil: startedAt + 365 * day,
  }
  await submit(wallet, encodeRegisterPractitioner(deployed, id, stBrigid.id, statement))
  return { id, signer }
}

/** Ten minutes of waiting, two hours of window, two of three shares, any organization. */
export async function signTestPolicy(
  { deployed, startedAt }: Pick<TestLedger, 'deployed' | 'startedAt'>,
  patient: PrivateKeyAccount,
  changes: Partial<EmergencyPolicy> = {},
): Promise<SignedEmergencyPolicy> {
  const policy: EmergencyPolicy = {
    patient: pseudonymSchema.parse(patient.address),
    allowed: true,
    waitSeconds: 10 * minute,
    windowSeconds: 120 * minute,
    threshold: 2,
    holders: 3,
    organizations: [],
    guardians: null,
    holdersHash: keccak256(stringToBytes('holders')),
    round: 1,
    deadline: startedAt + day,
    ...changes,
  }
  const signature = await patient.signTypedData(policyTypedData(deployed, policy))
  return { policy, signature: signatureSchema.parse(signature) }
}

export async function signTestOpening(
  { deployed, startedAt }: Pick<TestLedger, 'deployed' | 'startedAt'>,
  { id: practitioner, signer }: TestPractitioner,
  patient: PrivateKeyAccount,
): Promise<SignedEmergencyOpening & { id: EmergencyCaseId }> {
  const opening: EmergencyOpening = {
    patient: pseudonymSchema.parse(patient.address),
    practitioner,
    reason: 'cannot-consent',
    detailHash: keccak256(stringToBytes('detail')),
    deadline: startedAt + day,
  }
  const signature = await signer.signTypedData(openingTypedData(deployed, opening))
  return { opening, signature: signatureSchema.parse(signature), id: emergencyCaseIdOf(deployed, opening) }
}

export async function signTestVeto(
  { deployed, startedAt }: TestLedger,
  by: PrivateKeyAccount,
  { patient }: EmergencyOpening,
  opening: EmergencyCaseId,
  guardian: EmergencyVeto['guardian'] = null,
): Promise<EmergencyVeto> {
  const deadline = startedAt + day
  const signature = await by.signTypedData(vetoTypedData(deployed, opening, deadline))
  return {
    patient,
    opening,
    by: pseudonymSchema.parse(by.address),
    guardian,
    deadline,
    signature: signatureSchema.parse(signature),
  }
}
