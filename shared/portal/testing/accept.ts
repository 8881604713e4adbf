import type { PrivateKeyAccount } from 'viem/accounts'
import { decodeEnvelope } from '../../crypto/envelope.ts'
import { open, seal } from '../../crypto/seal.ts'
import { acceptanceTypedData } from '../../protocol/anchor.ts'
import type { DepositOffer } from '../../protocol/provider.ts'
import { sponsoredStatusSchema } from '../../protocol/relay-api.ts'
import { commitmentOf, decodeStatement } from '../../protocol/statement.ts'
import { json, readReply } from '../server/relay-http.ts'
import { unpackCar } from '../server/sealed-file.ts'
import { giveGrant, type KeptRecord, now, sealRecord, signed } from './patient.ts'
import { patientAt, type RelayProcess } from './relay-process.ts'
import type { TestOrganization, World } from './world.ts'

/** Fetches a staged deposit as its addressee, checks it, re-seals it, countersigns, and has the sponsor submit it. */
export async function acceptDeposit(
  relay: RelayProcess,
  offer: DepositOffer,
  subject: PrivateKeyAccount,
  deposit: { identity: string; recipient: string },
): Promise<KeptRecord> {
  const mine = patientAt(relay, subject)
  const staged = await mine.call(`/staging/${offer.cid}`)
  if (!staged.body) throw new Error('Nothing is staged.')
  const sealed = await unpackCar(staged.body, offer.cid, offer.sealedBytes)
  const { statement, content } = decodeEnvelope(await open(deposit.identity, sealed))
  if (commitmentOf(statement) !== offer.anchor.commitment) throw new Error('Another statement was anchored.')
  const anchor = { anchor: offer.anchor, author: offer.author, signature: offer.signature }
  const deadline = now() + 3_600
  const signature = await signed(subject, acceptanceTypedData(relay.network, anchor, deadline))
  const act = { kind: 'anchor', anchor: { ...anchor, acceptance: { deadline, signature } } }
  let state = await readReply(sponsoredStatusSchema, await mine.call('/sponsor', json(act)))
  const until = Date.now() + 10_000
  while (state.status === 'submitted' && Date.now() < until) {
    state = await readReply(sponsoredStatusSchema, await mine.call(`/sponsor/${state.id}`))
  }
  if (state.status !== 'mined') throw new Error(`The anchor is ${state.status}: ${state.reason}.`)
  return {
    subject,
    statement: decodeStatement(statement),
    anchor: state.batch ? { ...anchor, acceptance: { deadline, signature }, batch: state.batch } : anchor,
    ...(await sealRecord(deposit.recipient, statement, new Uint8Array(content))),
  }
}

/**
 * Lets supporters check a deposit that asked for it: a short grant of this record to each, by its own subject, and the
 * review left in the supporter's inbox.
 */
export async function letReview(
  world: World,
  relay: RelayProcess,
  { review }: DepositOffer,
  record: KeptRecord,
  supporters: readonly TestOrganization[],
): Promise<void> {
  if (!review) throw new Error('This offer asks for no review.')
  const mine = patientAt(relay, record.subject)
  const { deposit, signature } = review
  for (const grantee of supporters) {
    const given = await giveGrant(
      { ...world, network: relay.network },
      {
        patient: record.subject,
        grantee,
        records: [record],
        grant: { purpose: 'HOPERAT', notAfter: deposit.votingUntil },
      },
    )
    await mine.open(given)
    const { grant, grantId, manifest } = given.granted
    await leaveFor(relay, record.subject, grantee, {
      kind: 'review',
      deposit,
      signature,
      granted: { grant, grantId, manifest, relay: relay.origin },
    })
  }
}

/** Leaves a message in an organization's inbox, signed in as a pseudonym. */
export async function leaveFor(
  relay: RelayProcess,
  from: PrivateKeyAccount,
  to: TestOrganization,
  message: unknown,
): Promise<void> {
  await patientAt(relay, from).call(`/inbox/${to.account.address}`, {
    method: 'POST',
    headers: { 'content-type': 'application/octet-stream' },
    body: await seal([to.recipient], new TextEncoder().encode(JSON.stringify(message))),
  })
}
