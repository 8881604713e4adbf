import type { CID } from 'multiformats/cid'
import { z } from 'zod'
import { relayLimits } from '../limits.ts'
import { writeCar } from '../storage/car.ts'
import type { Block } from '../storage/dag.ts'

/** Another Pinning Service, and the token by which this relay is known there. */
export interface UpstreamPlace {
  url: string
  token: string
}

const statusSchema = z.object({
  requestid: z.string().min(1).max(512),
  status: z.enum(['queued', 'pinning', 'pinned', 'failed']),
})
type UpstreamPin = z.infer<typeof statusSchema>
const listSchema = z.object({ results: z.array(statusSchema).max(1_000) })

/** The service did not do as it was asked. */
export class UpstreamRefused extends Error {
  override readonly name = 'UpstreamRefused'
  readonly status: number

  constructor(status: number) {
    super(`The upstream pinning service answered ${status}.`)
    this.status = status
  }
}

/** The IPFS Pinning Service API 1.0 from the client's side, and `POST /blocks` where the service is a relay like this one. */
export class Upstream {
  readonly #place: UpstreamPlace

  constructor(place: UpstreamPlace) {
    this.#place = { ...place, url: place.url.replace(/\/+$/, '') }
  }

  /** Brings blocks, few enough for memory; false where the service takes none this way, and has to find them elsewhere. */
  async bring(root: CID, blocks: AsyncIterable<Block>): Promise<boolean> {
    const chunks: Uint8Array[] = []
    for await (const chunk of writeCar(root, blocks)) chunks.push(chunk)
    const answer = await this.#call('POST', '/blocks', {
      body: new Uint8Array(Buffer.concat(chunks)),
      headers: { 'content-type': 'application/vnd.ipld.car' },
    })
    if (answer.status === 404 || answer.status === 405) return false
    if (!answer.ok) throw new UpstreamRefused(answer.status)
    return true
  }

  /** What is pinned there already, or on its way: after a crash between asking and noting the answer. */
  async find(cid: CID): Promise<UpstreamPin | null> {
    const query = new URLSearchParams({ cid: cid.toString(), status: 'queued,pinning,pinned' })
    const { results } = listSchema.parse(await this.#json('GET', `/pins?${query}`))
    return results[0] ?? null
  }

  async add(cid: CID): Promise<UpstreamPin> {
    const init = {
      body: JSON.stringify({ cid: cid.toString() }),
      headers: { 'content-type': 'application/json' },
    }
    return statusSchema.parse(await this.#json('POST', '/pins', init))
  }

  /** Null when it is not there any more. */
  async get(requestid: string): Promise<UpstreamPin | null> {
    try {
      return statusSchema.parse(await this.#json('GET', `/pins/${encodeURIComponent(requestid)}`))
    } catch (error) {
      if (error instanceof UpstreamRefused && error.status === 404) return null
      throw error
    }
  }

  async remove(requestid: string): Promise<void> {
    const answer = await this.#call('DELETE', `/pins/${encodeURIComponent(requestid)}`)
    if (!answer.ok && answer.status !== 404) throw new UpstreamRefused(answer.status)
  }

  async #json(method: string, path: string, init: RequestInit = {}): Promise<unknown> {
    const answer = await this.#call(method, path, init)
    if (!answer.ok) throw new UpstreamRefused(answer.status)
    return answer.json()
  }

  async #call(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers)
    headers.set('authorization', `Bearer ${this.#place.token}`)
    return fetch(`${this.#place.url}${path}`, {
      ...init,
      method,
      headers,
      // The token goes to the service that the operator named and to no other.
      redirect: 'error',
      signal: AbortSignal.timeout(relayLimits.upstreamTimeoutMs),
    })
  }
}
