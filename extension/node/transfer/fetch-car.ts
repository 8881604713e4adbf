import { CarekeyError } from '../../../shared/protocol/errors.ts'
import { nodeLimits } from '../limits.ts'
import { backOffMs, pause } from '../pause.ts'
import { openRelay, type Relay, unreachable } from '../relay/http.ts'

const carType = 'application/vnd.ipld.car'

/**
 * A CAR from a relay, handed to `take` as it comes; from the start again when the network fails on the way. Throws
 * CarekeyError with the relay's reason, `relay-unreachable`, and what `take` throws.
 */
export async function fetchCar<T>(
  relay: Relay,
  path: string,
  token: string,
  take: (source: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      const timeoutMs = nodeLimits.transferTimeoutMs
      const response = await openRelay(relay, path, { token, headers: { accept: carType }, timeoutMs })
      return await take(bodyOf(relay, response))
    } catch (error) {
      const failed = error instanceof CarekeyError && error.reason === 'relay-unreachable'
      if (!failed || attempt >= nodeLimits.callTries) throw error
    }
    await pause(backOffMs(attempt, nodeLimits.retryFirstMs, nodeLimits.retryMaxMs))
  }
}

async function* bodyOf(relay: Relay, response: Response): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader()
  try {
    for (let next = await read(relay, reader); next; next = await read(relay, reader)) yield next
  } finally {
    await reader?.cancel().catch(() => {})
  }
}

async function read(
  relay: Relay,
  reader: ReadableStreamDefaultReader<Uint8Array> | undefined,
): Promise<Uint8Array | undefined> {
  try {
    return (await reader?.read())?.value
  } catch (cause) {
    throw unreachable(relay, cause)
  }
}
