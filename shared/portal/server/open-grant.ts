import { setTimeout as pause } from 'node:timers/promises'
import { CarekeyError } from '../../protocol/errors.ts'
import type { Grant, ProvenGrant } from '../../protocol/grant.ts'
import type { CidText, Commitment, GrantId } from '../../protocol/ids.ts'
import { limits as wire } from '../../protocol/limits.ts'
import type { Manifest, ManifestEntry } from '../../protocol/manifest.ts'
import { type PlacedGrant, placedGrantSchema } from '../../protocol/provider.ts'
import type { Fetcher } from './fetch-sealed.ts'
import type { Ledger } from './ledger.ts'
import { limits } from './limits.ts'
import { openManifest } from './manifest.ts'
import type { Settings } from './options.ts'
import { parse } from './parse.ts'
import { findProof } from './proof.ts'
import { checkEntry, type OpenedRecord, openRecord } from './record.ts'
import type { Relay } from './relay.ts'

export interface OpenedGrant {
  grantId: GrantId
  grant: Grant
  /** The patient's, over the grant. */
  signature?: `0x${string}`
  records: (OpenedRecord & { commitment: Commitment; cid: CidText; transport: 'webrtc' | 'gateway' })[]
}

export interface OpenContext {
  settings: Settings
  ledger: Ledger
  fetcher: Fetcher
  relay: Pick<Relay, 'submission'>
}

export interface OpenOptions {
  /** Refuses a grant of anybody else with `patient-mismatch`. */
  patient?: string
  transport?: Settings['transport']
  /** How long a grant may take to come to the ledger. Default 15 s: the sponsor's node and ours may be apart. */
  grantWaitMs?: number
  signal?: AbortSignal
}

/**
 * Fetches, opens and checks every record of a grant; returns all of them or throws CarekeyError with the reason.
 * Nothing that failed a check is ever returned.
 */
export async function openGrant(
  context: OpenContext,
  answer: PlacedGrant,
  options: OpenOptions = {},
): Promise<OpenedGrant> {
  const granted = grantedFrom(answer)
  const { grantId } = granted
  if (!context.settings.network.relays.includes(granted.relay)) {
    // Never fetched from wherever a page says.
    throw new CarekeyError('params-invalid', 'This permission names a relay that is not of our network.')
  }
  const { patient } = granted.grant.grant
  if (options.patient !== undefined && options.patient.toLowerCase() !== patient) {
    throw new CarekeyError('patient-mismatch', 'This permission is another patient’s.')
  }
  const grant = await requireActive(context, granted, options)
  const manifest = await fetchManifest(context, granted, options)
  await requireAsker(context, manifest)
  const records = await inParallel(manifest.entries, limits.recordsAtOnce, (entry) =>
    openEntry(context, grantId, manifest, entry, options),
  )
  // Fetching takes time, in which the patient may have changed their mind.
  await Promise.all([requireActive(context, { ...granted, grant }, options), requireAsker(context, manifest)])
  return { grantId, grant: manifest.grant.grant, signature: grant.signature, records }
}

/** What a practitioner asked for is not opened once the practitioner is suspended, or gone. */
async function requireAsker({ ledger, settings }: OpenContext, { practitioner }: Manifest): Promise<void> {
  if (!practitioner) return
  const refusal = await ledger.practitionerRefusal(practitioner, settings.organization)
  if (refusal) throw refusal
}

/** Takes what the extension, `acceptDecision` or a review gave, with or without the fields around it. */
export function grantedFrom(answer: unknown): PlacedGrant {
  const known = placedGrantSchema
    .loose()
    .transform(({ grant, grantId, manifest, relay }) => ({ grant, grantId, manifest, relay }))
  return parse(known, answer, 'The permission')
}

/** Resolves with the grant and, where it came in a batch, its proof. */
async function requireActive(
  { ledger, relay, settings }: OpenContext,
  { grantId, grant }: PlacedGrant,
  { signal, grantWaitMs = limits.grantWaitMs }: OpenOptions,
): Promise<ProvenGrant> {
  const until = performance.now() + grantWaitMs
  let proven: ProvenGrant = grant
  for (;;) {
    const refusal = await ledger.grantRefusal(proven)
    if (!refusal) return proven
    if (refusal.reason !== 'grant-unknown' || performance.now() >= until) throw refusal
    const batch = await findProof({ settings, relay }, grantId)
    if (batch && !proven.batch) proven = { ...grant, batch }
    else await pause(limits.ledgerPollMs, undefined, signal ? { signal } : {})
  }
}

async function fetchManifest(
  { settings, fetcher }: OpenContext,
  { grantId, manifest: cid }: PlacedGrant,
  options: OpenOptions,
): Promise<Manifest> {
  const sealed = await fetcher.fetchSealed({
    grant: grantId,
    cid,
    maxBytes: wire.manifestMaxBytes,
    ...fetchOptions(options),
  })
  return openManifest(settings, grantId, sealed.bytes)
}

async function openEntry(
  context: OpenContext,
  id: GrantId,
  manifest: Manifest,
  entry: ManifestEntry,
  options: OpenOptions,
): Promise<OpenedGrant['records'][number]> {
  const bytesOfNoUse = new AbortController()
  const { signal = bytesOfNoUse.signal, ...how } = fetchOptions(options)
  // Ciphertext may come while its entry is checked; it is opened once the entry has passed.
  const fetching = context.fetcher.fetchSealed({
    grant: id,
    cid: entry.cid,
    maxBytes: entry.sealedBytes,
    ...how,
    signal: AbortSignal.any([signal, bytesOfNoUse.signal]),
  })
  fetching.catch(() => undefined)
  const checked = await checkEntry(context, id, manifest, entry).catch((error: unknown) => {
    bytesOfNoUse.abort(error)
    throw error
  })
  const { bytes, transport } = await fetching
  const { statement, content } = await openRecord(entry, bytes)
  const { commitment } = entry.anchor.anchor
  return {
    statement,
    content,
    commitment,
    cid: entry.cid,
    transport,
    verified: { ...checked, content: true },
  }
}

const fetchOptions = ({ transport, signal }: OpenOptions): Pick<OpenOptions, 'transport' | 'signal'> => ({
  ...(transport ? { transport } : {}),
  ...(signal ? { signal } : {}),
})

/** Runs at most `width` at a time; keeps the order; stops at the first failure. */
async function inParallel<T, R>(
  items: readonly T[],
  width: number,
  run: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  const queue = items.entries()
  const workers = Array.from({ length: Math.min(width, items.length) }, async () => {
    for (const [index, item] of queue) results[index] = await run(item)
  })
  await Promise.all(workers)
  return results
}
