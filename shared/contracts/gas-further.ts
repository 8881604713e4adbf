// What the acts cost that have no aim: measured as in gas.ts, kept by the same test.
import { size } from 'viem'
import { delegationIdOf, delegationTypedData } from '../protocol/delegation.ts'
import { tombstoneTypedData } from '../protocol/dispute.ts'
import { grantIdOf, grantTypedData } from '../protocol/grant.ts'
import { addressSchema, NO_HASH, pseudonymSchema, signatureSchema } from '../protocol/ids.ts'
import { publicationTypedData, type StatisticsRow } from '../protocol/statistics.ts'
import { typedData } from '../protocol/typed-data.ts'
import { type Call, encodeGrant, encodeReplacement } from './calls.ts'
import { prepareClaim } from './credits.ts'
import { encodeDelegatedGrant, encodeDelegatedRevocation, encodeDelegation } from './delegations.ts'
import { encodeDispute, encodeResolveDispute, encodeTombstone } from './disputes.ts'
import { encodePublication } from './statistics.ts'
import { submit } from './submit.ts'
import { nameTestSupporters } from './test-attestations.ts'
import { confirmTestDeposit, signTestAppraisal, signTestCandidacy, signTestDispute } from './test-credits.ts'
import { newPatient, signTestGrant, signTestRevocation, startTestLedger } from './test-ledger.ts'
import { encodeCandidacy, encodeElect } from './validators.ts'

const day = 24 * 60 * 60

/** `publish` is with ten rows, `claim` the first of its author with the appraisals of a quorum of two, `elect` with one
 * candidate. */
export interface FurtherGas {
  replace: number
  delegate: number
  grantFor: number
  revokeFor: number
  dispute: number
  resolve: number
  tombstone: number
  publish: number
  claim: number
  stand: number
  elect: number
}

/** Gas of one transaction each, on a fresh ledger; `calldataBytes` is filled act by act. */
export async function measureFurtherGas(
  calldataBytes: Partial<Record<keyof FurtherGas, number>> = {},
): Promise<FurtherGas> {
  const world = await startTestLedger({ seats: 4 })
  const { deployed, ledger, startedAt, stBrigid, wallet } = world
  const cost = async (act: keyof FurtherGas, call: Call) => {
    calldataBytes[act] = size(call.data)
    return Number((await submit(wallet, call)).gasUsed)
  }
  try {
    const [patient, carer] = [newPatient(), newPatient()]
    const subject = pseudonymSchema.parse(patient.address)
    const deadline = startedAt + day
    const former = await signTestGrant(world, patient)
    await submit(wallet, encodeGrant(deployed, former))
    const next = await signTestGrant(world, patient, { notAfter: startedAt + day / 2 })
    const revocation = await signTestRevocation(world, patient, former.id)

    const period = { notBefore: startedAt, notAfter: startedAt + 30 * day }
    const delegate = addressSchema.parse(carer.address)
    const delegation = { patient: subject, delegate, role: 'decide', ...period, deadline } as const
    const delegated = await patient.signTypedData(delegationTypedData(deployed, delegation))
    const id = delegationIdOf(deployed, delegation)
    const { grant } = await signTestGrant(world, patient, { notAfter: startedAt + day / 3 })
    const granted = await carer.signTypedData(grantTypedData(deployed, grant))
    const grantId = grantIdOf(deployed, grant)
    const message = { grant: grantId, deadline: BigInt(deadline) }
    const revoked = await carer.signTypedData(typedData(deployed, 'Revocation', message))

    const supporters = await nameTestSupporters(world, ['one', 'two', 'three'])
    const confirmed = await confirmTestDeposit(world, supporters, 'gas')
    const appraisals = await Promise.all(
      supporters.slice(0, 2).map((voter) => signTestAppraisal(world, voter, confirmed.id)),
    )
    const { commitment } = confirmed.claimed
    const disputed = await signTestDispute(world, patient, commitment)
    const buried = await patient.signTypedData(tombstoneTypedData(deployed, { commitment, deadline }))
    const rows = Array.from(
      { length: 10 },
      (_, ageBand): StatisticsRow => ({
        category: 'problems',
        ageBand,
        sex: 'female',
        records: 40,
        diagnoses: 12,
      }),
    )
    const times = { from: startedAt - 30 * day, until: startedAt, deadline }
    const publication = { organization: stBrigid.id, ...times, rows }
    const published = await stBrigid.signer.signTypedData(publicationTypedData(deployed, publication))
    const candidacy = await signTestCandidacy(world, stBrigid, newPatient().address)

    return {
      replace: await cost('replace', encodeReplacement(deployed, { revocation, ...next })),
      delegate: await cost('delegate', encodeDelegation(deployed, { delegation, ...by(delegated) })),
      grantFor: await cost(
        'grantFor',
        encodeDelegatedGrant(deployed, { delegation: id, grant, ...by(granted) }),
      ),
      revokeFor: await cost(
        'revokeFor',
        encodeDelegatedRevocation(deployed, {
          delegation: id,
          patient: subject,
          grant: grantId,
          deadline,
          ...by(revoked),
        }),
      ),
      dispute: await cost('dispute', encodeDispute(deployed, disputed)),
      resolve: await cost(
        'resolve',
        encodeResolveDispute(deployed, { subject, commitment, upheld: false, findingsHash: NO_HASH }),
      ),
      tombstone: await cost(
        'tombstone',
        encodeTombstone(deployed, { subject, commitment, deadline, ...by(buried) }),
      ),
      publish: await cost('publish', encodePublication(deployed, { publication, ...by(published) })),
      claim: await cost('claim', await prepareClaim(ledger, confirmed.claimed, appraisals)),
      stand: await cost('stand', encodeCandidacy(deployed, candidacy)),
      elect: await cost('elect', encodeElect(deployed)),
    }
  } finally {
    await world.stop()
  }
}

const by = (signature: string) => ({ signature: signatureSchema.parse(signature) })
