import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { relayLimits } from '../limits.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { Traffic } from '../status/traffic.ts'
import { addressOf } from './address.ts'
import type { Rates } from './rate.ts'
import { declare, refusal, send } from './reply.ts'
import { Exchange, type Router } from './router.ts'

export interface HttpOptions {
  router: Router
  rates: Rates
  metrics: Metrics
  traffic: Traffic
  log: Log
  allowedOrigins: readonly string[] | null
  trustedProxies: number
}

/** The relay's HTTP face: routing, CORS, rates, and one form for every refusal. */
export class HttpServer {
  readonly #options: HttpOptions
  #server: Server | null = null
  #isDraining = false

  constructor(options: HttpOptions) {
    this.#options = options
  }

  /** Resolves with the port that it listens on. Rejects with `EADDRINUSE` when another process has it. */
  async start(host: string, port: number): Promise<number> {
    const server = createServer(
      {
        maxHeaderSize: relayLimits.headerMaxBytes,
        headersTimeout: relayLimits.headersTimeoutMs,
        requestTimeout: relayLimits.requestTimeoutMs,
        keepAliveTimeout: 5_000,
      },
      (request, response) => void this.#serve(request, response),
    )
    server.maxConnections = relayLimits.connectionsMax
    server.listen(port, host)
    await once(server, 'listening')
    this.#server = server
    const address = server.address()
    return typeof address === 'object' && address ? address.port : port
  }

  /** Still answers, and asks who keeps a connection open to make another one, elsewhere. */
  drain(): void {
    this.#isDraining = true
  }

  /** Takes no new request, lets running ones end, then cuts. */
  async stop(): Promise<void> {
    const server = this.#server
    if (!server) return
    this.#server = null
    const closed = once(server, 'close')
    server.close()
    server.closeIdleConnections()
    const cut = setTimeout(() => server.closeAllConnections(), relayLimits.drainMs)
    await closed
    clearTimeout(cut)
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const controller = new AbortController()
    response.once('close', () => controller.abort())
    request.on('error', () => controller.abort())
    response.on('error', () => controller.abort())
    const seconds = this.#options.metrics.requestSeconds.startTimer()
    const { socket } = request
    if (this.#isDraining) response.setHeader('connection', 'close')
    let route = 'none'
    try {
      this.#setCors(request, response)
      if (request.method === 'OPTIONS') {
        response.writeHead(204).end()
        return
      }
      const address = addressOf(request, this.#options.trustedProxies)
      this.#options.rates.take('request', address)
      const url = readUrl(request)
      const match = this.#options.router.match(request.method ?? 'GET', url.pathname)
      if (match === null) throw new CarekeyError('not-found', 'The relay has nothing at this path.')
      if (match === 'wrong-method')
        throw new CarekeyError('method-unknown', 'This path does not know this method.')
      route = match.route
      const exchange = new Exchange(request, {
        url,
        params: match.params,
        address,
        signal: controller.signal,
      })
      const reply = await match.handler(exchange)
      if (!controller.signal.aborted) await send(response, reply, request.method === 'HEAD')
    } catch (error) {
      await this.#refuse(request, response, error, route)
    } finally {
      this.#options.metrics.requests.inc({ route, status: response.statusCode })
      seconds({ route })
      this.#options.traffic.note(socket)
    }
  }

  async #refuse(
    request: IncomingMessage,
    response: ServerResponse,
    error: unknown,
    route: string,
  ): Promise<void> {
    const declared = declare(error)
    if (declared.reason === 'internal' && !isDisconnect(error))
      this.#options.log.error('request failed', error, { route })
    if (response.headersSent) {
      response.destroy()
      return
    }
    if (response.destroyed) return
    for (const name of response.getHeaderNames()) if (name.startsWith('content-')) response.removeHeader(name)
    if (declared.reason === 'rate-limited') response.setHeader('retry-after', 5)
    if (declared.httpStatus === 401) response.setHeader('www-authenticate', 'Bearer')
    if (!request.complete) discardRest(request, response)
    await send(response, refusal(declared), request.method === 'HEAD')
  }

  #setCors(request: IncomingMessage, response: ServerResponse): void {
    const { allowedOrigins } = this.#options
    const origin = request.headers.origin
    response.setHeader('x-content-type-options', 'nosniff')
    if (origin === undefined) return
    if (allowedOrigins !== null) response.setHeader('vary', 'origin')
    if (allowedOrigins !== null && !allowedOrigins.includes(origin)) return
    response.setHeader('access-control-allow-origin', allowedOrigins === null ? '*' : origin)
    response.setHeader(
      'access-control-expose-headers',
      'content-length, content-range, etag, retry-after, x-ipfs-path',
    )
    if (request.method !== 'OPTIONS') return
    response.setHeader('access-control-allow-methods', 'GET, HEAD, POST, PUT, DELETE')
    response.setHeader(
      'access-control-allow-headers',
      'authorization, content-type, accept, carekey-grant, range, if-range, if-none-match',
    )
    response.setHeader('access-control-max-age', '600')
  }
}

function readUrl(request: IncomingMessage): URL {
  const url = URL.parse(request.url ?? '/', 'http://relay.invalid')
  if (!url) throw new CarekeyError('params-invalid', 'The address of the request is not valid.')
  return url
}

/** Most clients only read an answer once they have sent their body. */
function discardRest(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('connection', 'close')
  let discarded = 0
  request.on('data', (chunk: Uint8Array) => {
    discarded += chunk.byteLength
    if (discarded > relayLimits.discardMaxBytes) request.destroy()
  })
  request.resume()
}

function isDisconnect(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false
  return ['ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'EPIPE', 'ABORT_ERR', 'ERR_STREAM_DESTROYED'].includes(
    String(error.code),
  )
}
