import type { CID } from 'multiformats/cid'
import type { PrivateKeyAccount } from 'viem/accounts'
import { z } from 'zod'
import { pseudonymSchema } from '../../shared/protocol/ids.ts'
import { errorBodySchema, nonceReplySchema, tokenReplySchema } from '../../shared/protocol/relay-api.ts'
import { type SignIn, signInTypedData } from '../../shared/protocol/sign-in.ts'
import type { Deployment } from '../../shared/protocol/typed-data.ts'
import { requirePromised } from './contract.ts'

/** A relay's answer: status and body, whatever it is. */
export class Answer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array

  constructor(status: number, headers: Headers, bytes: Uint8Array) {
    this.status = status
    this.headers = headers
    this.bytes = bytes
  }

  json<S extends z.ZodType>(schema: S): z.output<S> {
    return schema.parse(JSON.parse(new TextDecoder().decode(this.bytes)))
  }

  /** The stable reason of a refusal; the status itself when it is none. */
  get reason(): string {
    return this.status < 400 ? String(this.status) : this.json(errorBodySchema).error.reason
  }
}

/** Calls one relay for one account. */
export class Client {
  readonly url: string
  readonly deployment: Deployment
  readonly token: string | null

  constructor(url: string, deployment: Deployment, token: string | null = null) {
    this.url = url
    this.deployment = deployment
    this.token = token
  }

  async call(route: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const [method = 'GET', path = '/'] = route.split(' ')
    const isBinary = body instanceof Uint8Array
    const sent = new Headers(headers)
    if (this.token !== null) sent.set('authorization', `Bearer ${this.token}`)
    if (body !== undefined && !isBinary) sent.set('content-type', 'application/json')
    const response = await fetch(`${this.url}${path}`, {
      method,
      headers: sent,
      body: body === undefined ? null : isBinary ? new Uint8Array(body) : JSON.stringify(body),
    })
    const answer = new Answer(response.status, response.headers, new Uint8Array(await response.arrayBuffer()))
    await requirePromised(this.url, { method, path }, answer)
    return answer
  }

  async signedIn(account: PrivateKeyAccount): Promise<Client> {
    const answer = await this.call('POST /auth/token', await this.signIn(account))
    return new Client(this.url, this.deployment, answer.json(tokenReplySchema).token)
  }

  async signIn(account: PrivateKeyAccount, changes: Partial<SignIn> = {}): Promise<SignIn> {
    const { nonce } = (await this.call('POST /auth/nonce')).json(nonceReplySchema)
    const message = {
      account: pseudonymSchema.parse(account.address),
      audience: this.url,
      nonce,
      deadline: Math.floor(Date.now() / 1_000) + 60,
      ...changes,
    }
    const signature = await account.signTypedData(signInTypedData(this.deployment, message))
    return { ...message, signature, ...changes }
  }

  /** Uploads and pins; the request id. */
  async pin(car: { root: CID; bytes: Uint8Array }): Promise<string> {
    const uploaded = await this.call('POST /blocks', car.bytes)
    if (uploaded.status !== 201) throw new Error(`not uploaded: ${uploaded.reason}`)
    const pinned = await this.call('POST /pins', { cid: car.root.toString() })
    const { requestid, status } = pinned.json(z.object({ requestid: z.string(), status: z.string() }))
    if (status !== 'pinned') throw new Error(`not pinned but ${status}`)
    return requestid
  }
}
