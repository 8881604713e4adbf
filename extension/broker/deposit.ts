import { acceptanceTypedData, type ProvenAnchor } from '../../shared/protocol/anchor.ts'
import { toBase64 } from '../../shared/protocol/base64.ts'
import type { Inclusion } from '../../shared/protocol/batch.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { Commitment, OrganizationId } from '../../shared/protocol/ids.ts'
import type { DepositOffer, DepositReceipt } from '../../shared/protocol/provider.ts'
import { introduce, ownerToken, pseudonymToken, requireConnection } from './accounts.ts'
import { openOffer } from './deposit-check.ts'
import type { Kind, Report } from './kind.ts'
import { limits } from './limits.ts'
import type { StoredRecord, World } from './ports.ts'
import type { StoredDeposit } from './queue/request.ts'
import { giveReviews, planReview, reviewAnswer } from './review.ts'
import { isPassing, submitAct } from './sponsor.ts'

/**
 * A deposit (protocol, section 5.2). Once the record's row exists, the record is kept here and every later step can be
 * done again; before it, nothing is.
 */
export function depositKind(world: World): Kind<StoredDeposit> {
  return {
    async check({ offer }) {
      if (offer.review) await requireVoucher(world, offer.author)
      return { opened: await openOffer(world, offer) }
    },
    async approve({ offer }, { letReview }) {
      if (offer.review && letReview === undefined) {
        throw new CarekeyError('params-invalid', 'Say whether others may check the record.')
      }
      return { letReview: letReview ?? false }
    },
    refuse: async () => null,
    async work(request, report) {
      const { commitment } = request.offer.anchor
      try {
        let record = await world.tables.records.get(commitment)
        if (!record) record = await reseal(world, request, report)
        return await finish(world, record, report)
      } catch (error) {
        const kept = (await world.tables.records.get(commitment)) !== undefined
        if (kept && !isPassing(error)) await forget(world, commitment)
        throw explain(error, kept && isPassing(error))
      }
    },
  }
}

async function reseal(world: World, request: StoredDeposit, report: Report): Promise<StoredRecord> {
  await report('Locking the record with your own key', 0.1)
  const { offer } = request
  const storage = await world.vault.createStorageHeader()
  const seal = (ticket: string) =>
    world.node.call('node.reseal', {
      ticket,
      header: toBase64(storage.header),
      fileKey: toBase64(storage.fileKey),
    })
  const known = request.opened
  if (!known)
    throw new CarekeyError('internal', 'The record was not opened. Ask the organization to send it again.')
  let ticket = known.ticket
  const sealed = await seal(ticket).catch(async (error) => {
    if (!(error instanceof CarekeyError) || error.reason !== 'record-missing') throw error
    // The node was restarted since and has forgotten the opened record: it is still staged.
    ticket = (await openOffer(world, offer)).ticket
    return await seal(ticket)
  })
  const { anchor, author, signature, review, practitionerSignature } = offer
  const { state } = request
  const letReview = state.name === 'working' && state.work?.letReview === true
  // Kept even while the ledger is away.
  const now = Math.max(await world.ledger.time().catch(() => 0), world.now())
  const record: StoredRecord = {
    commitment: anchor.commitment,
    statement: known.statement,
    anchor: { anchor, author, signature, ...(practitionerSignature ? { practitionerSignature } : {}) },
    cid: sealed.cid,
    sealedBytes: sealed.sealedBytes,
    fileKey: toBase64(storage.fileKey),
    pinId: null,
    status: 'saving',
    savedAt: null,
    relay: offer.relay,
    transactionHash: null,
    ...(review && { review: planReview(review, known.statement, letReview, now) }),
  }
  await world.tables.records.put(anchor.commitment, record)
  await world.node.call('node.discard', { ticket }).catch(() => undefined)
  return record
}

/** Pins, countersigns and anchors a record that is here; goes on from wherever it stopped. */
async function finish(world: World, found: StoredRecord, report: Report): Promise<DepositReceipt> {
  let record = found
  const put = async (change: Partial<StoredRecord>) => {
    record = { ...record, ...change }
    await world.tables.records.put(record.commitment, record)
    world.changed()
  }
  if (record.status === 'saving') {
    await report('Storing the locked record safely', 0.3)
    await introduce(world, record.relay, await requireConnection(world, record.anchor.author))
    const { requestId } = await world.node.call('node.pin', {
      cid: record.cid,
      name: 'record',
      relay: record.relay,
      token: await ownerToken(world, record.relay),
    })
    await put({ pinId: requestId, status: 'waiting' })
  }
  if (!record.acceptance) {
    await report('Signing for you', 0.6)
    const deadline = Math.max(await world.ledger.time(), world.now()) + limits.acceptanceSeconds
    const signature = await world.vault.signAs(
      record.anchor.author,
      acceptanceTypedData(world.network, record.anchor, deadline),
    )
    await put({ acceptance: { deadline, signature } })
  }
  await report('Writing it on the ledger', 0.7)
  const receipt = { ...(await anchor(world, record, put)), review: reviewAnswer(record) }
  if (receipt.status === 'anchored' && receipt.review === 'granted') {
    await report('Letting others check it', 0.9)
    await giveReviews(world, record)
  }
  await report('Saved', 1)
  const { author } = record.anchor
  const token = await pseudonymToken(world, record.relay, author).catch(() => undefined)
  // It expires by itself, should this fail.
  if (token) await discardStaged(world, record, token)
  world.backUp()
  return receipt
}

async function anchor(
  world: World,
  record: StoredRecord,
  put: (change: Partial<StoredRecord>) => Promise<void>,
): Promise<DepositReceipt> {
  const { commitment, acceptance } = record
  if (!acceptance) throw new CarekeyError('internal', 'The record was not countersigned.')
  let { batch } = record
  const proven = () => ({ ...record.anchor, acceptance, ...(batch && { batch }) })
  const keep = async (found: Inclusion) => {
    batch = found
    await put({ batch })
  }
  const isThere = async () => {
    const place = await world.ledger.provenAnchor(proven())
    return place !== null && (await world.ledger.isSettled(place.blockNumber))
  }
  // What is voted on is looked for by the attestations contract, which knows of no batch.
  const alone = record.review ? { batch: false } : {}
  // Who signed inside the organization is no business of the relay's.
  const { practitionerSignature: _, ...signed } = record.anchor
  const act = { kind: 'anchor' as const, anchor: { ...signed, acceptance }, ...alone }
  const submitted = await submitAct(world, record.relay, act, isThere, { keep }).catch((error: unknown) => {
    // Kept, pinned and signed: what is missing comes by itself, so that nobody has to wait for it.
    if (isPassing(error)) return { status: 'waiting' as const, transactionHash: null }
    throw error
  })
  const transactionHash = submitted.transactionHash ?? record.transactionHash
  if (submitted.status === 'waiting') {
    await put({ transactionHash })
    return { commitment, status: 'waiting', transactionHash, ...perhapsBatched(world, proven()) }
  }
  await put({ status: 'saved', savedAt: record.savedAt ?? world.now(), transactionHash })
  const view = await world.registry.view(record.anchor.author)
  await world.log.append({
    event: 'deposit-accepted',
    organization: record.anchor.author,
    text: `You saved “${record.statement.title}” from ${view.name}.`,
    details: { commitment, cid: record.cid },
  })
  return { commitment, status: 'anchored', transactionHash, ...(batch && { batched: proven() }) }
}

/** What waits may come to the ledger in a batch, where the author finds it by its proof alone. */
const perhapsBatched = ({ network }: Pick<World, 'network'>, batched: ProvenAnchor) =>
  network.contracts.batches ? { batched } : {}

/** What is answered to an offer of a record that is kept already and goes on by itself; `undefined` for any other offer. */
export async function receiptOfKept(
  world: Pick<World, 'tables' | 'network'>,
  { anchor, author }: DepositOffer,
): Promise<DepositReceipt | undefined> {
  const record = await world.tables.records.get(anchor.commitment)
  if (record?.anchor.author !== author || record.status === 'saved') return undefined
  const { acceptance, batch } = record
  return {
    commitment: record.commitment,
    status: 'waiting',
    transactionHash: record.transactionHash,
    review: reviewAnswer(record),
    ...(acceptance && perhapsBatched(world, { ...record.anchor, acceptance, ...(batch && { batch }) })),
  }
}

/** Records that were kept and pinned but had not reached the ledger. */
export async function finishWaiting(world: World): Promise<void> {
  for (const record of await world.tables.records.all()) {
    if (record.status !== 'waiting' || (await isUnderWay(world, record.commitment))) continue
    try {
      await finish(world, record, async () => {})
    } catch (error) {
      if (isPassing(error)) continue
      await forget(world, record.commitment)
      await world.log.append({
        event: 'deposit-failed',
        organization: record.anchor.author,
        text: `“${record.statement.title}” could not be saved. Nothing of it was kept.`,
        details: { reason: error instanceof CarekeyError ? error.reason : 'internal' },
      })
    }
  }
}

/** Somebody is at it just now, who would countersign a second time beside us. */
async function isUnderWay({ tables }: World, commitment: Commitment): Promise<boolean> {
  return (await tables.requests.all()).some(
    ({ state, ...request }) =>
      request.kind === 'deposit' &&
      request.offer.anchor.commitment === commitment &&
      state.name === 'working',
  )
}

/** The sponsor pays for the grants to those who check it on the author's word that this is a patient of theirs. */
async function requireVoucher(world: World, author: OrganizationId): Promise<void> {
  if ((await requireConnection(world, author)).voucher !== null) return
  throw new CarekeyError('voucher-required', 'Hand over the voucher first: care_connect({voucher}).')
}

async function discardStaged(world: World, record: StoredRecord, token: string): Promise<void> {
  const requests = await world.tables.requests.all()
  const request = requests.find(
    (one) => one.kind === 'deposit' && one.offer.anchor.commitment === record.commitment,
  )
  if (request?.kind !== 'deposit') return
  await world
    .relay(record.relay)
    .discardStaged(token, request.offer.cid)
    .catch(() => undefined)
}

/** The patient has said no, and the no is stored: neither the node nor the relay need keep it. Repeating is harmless. */
export async function discardOffer(world: World, request: StoredDeposit): Promise<void> {
  if (!request.opened) return
  await world.node.call('node.discard', { ticket: request.opened.ticket }).catch(() => undefined)
  const { relay, author, cid } = request.offer
  await pseudonymToken(world, relay, author)
    .then((token) => world.relay(relay).discardStaged(token, cid))
    .catch(() => undefined)
}

async function forget(world: World, commitment: Commitment): Promise<void> {
  const record = await world.tables.records.get(commitment)
  if (!record) return
  await world.tables.records.delete(commitment)
  await world.node.call('node.drop', { cid: record.cid }).catch(() => undefined)
  world.changed()
}

function explain(error: unknown, kept: boolean): CarekeyError {
  const reason = error instanceof CarekeyError ? error.reason : 'internal'
  const what = error instanceof CarekeyError ? error.message : 'Something went wrong inside Carekey.'
  const then = kept
    ? 'The record is kept, locked, on this computer. Carekey goes on by itself; nothing is lost.'
    : 'Nothing was kept. Ask the organization to send it again.'
  return new CarekeyError(reason, `${what} ${then}`, { cause: error })
}
