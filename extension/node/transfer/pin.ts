import { z } from 'zod'
import { CarekeyError } from '../../../shared/protocol/errors.ts'
import type { CidText } from '../../../shared/protocol/ids.ts'
import { type PinStatus, pinStatusSchema, uploadedSchema } from '../../../shared/protocol/relay-api.ts'
import { nodeLimits } from '../limits.ts'
import { pause } from '../pause.ts'
import { type Relay, readRelay } from '../relay/http.ts'

const pinListSchema = z.object({ count: z.int(), results: z.array(pinStatusSchema) })

/**
 * Uploads a CAR and pins its root; resolves only once the relay has every block on its disk. A pin of the same file
 * and name that is there already is taken up again, so that repeating is harmless. Throws CarekeyError `pin-failed`,
 * the relay's reason, `relay-unreachable`.
 */
export async function pin(
  relay: Relay,
  token: string,
  file: { cid: CidText; name: string; car: () => Promise<Blob> },
): Promise<{ requestId: string }> {
  const [found, car] = await Promise.all([findPin(relay, token, file), file.car()])
  let status = found
  if (status?.status === 'pinned') return { requestId: status.requestid }
  await readRelay(uploadedSchema, relay, '/blocks', {
    method: 'POST',
    token,
    headers: { 'content-type': 'application/vnd.ipld.car' },
    body: car,
    timeoutMs: nodeLimits.transferTimeoutMs,
  })
  status ??= await readRelay(pinStatusSchema, relay, '/pins', {
    method: 'POST',
    token,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ cid: file.cid, name: file.name }),
    // Of two requests both would count: a failed one is found again above.
    tries: 1,
  })
  const givenUpAt = Date.now() + nodeLimits.pinWaitMs
  while (status.status !== 'pinned') {
    if (status.status === 'failed') {
      throw new CarekeyError('pin-failed', 'The relay could not keep this file. Try again.')
    }
    if (Date.now() > givenUpAt) {
      throw new CarekeyError(
        'relay-unreachable',
        'The relay has not saved this file yet. Try again in a minute.',
      )
    }
    await pause(nodeLimits.pinPollMs)
    status = await readRelay(pinStatusSchema, relay, `/pins/${encodeURIComponent(status.requestid)}`, {
      token,
    })
  }
  return { requestId: status.requestid }
}

async function findPin(
  relay: Relay,
  token: string,
  { cid, name }: { cid: CidText; name: string },
): Promise<PinStatus | undefined> {
  const query = new URLSearchParams({ cid, name, status: 'queued,pinning,pinned' })
  const { results } = await readRelay(pinListSchema, relay, `/pins?${query}`, { token })
  return results.find((result) => result.status === 'pinned') ?? results[0]
}
