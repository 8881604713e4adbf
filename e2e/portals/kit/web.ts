import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { CarekeyError } from 'carekey/portal/server'

const bodyMaxBytes = 256 * 1_024

/** A refusal that the hospital's own rules make; the page shows `message`. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

export interface Call {
  /** The named parts of the path. */
  path: Record<string, string | undefined>
  query: URLSearchParams
  cookies: Record<string, string>
  json(): Promise<unknown>
  setCookie(name: string, value: string): void
}

export interface Asset {
  type: string
  body: string
}

/** `GET /api/records/:id`: what the handler returns is sent as JSON, an `Asset` as it is. */
export type Routes = Record<string, (call: Call, response: ServerResponse) => unknown>

const headers = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}

export function serve(routes: Routes): Server {
  const table = Object.entries(routes).map(([route, handle]) => {
    const [method = '', pathname = ''] = route.split(' ')
    return { method, pattern: new URLPattern({ pathname }), handle }
  })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://portal.invalid')
    for (const { method, pattern, handle } of table) {
      const match = method === request.method ? pattern.exec({ pathname: url.pathname }) : null
      if (!match) continue
      if (method !== 'GET') requireOwnPage(request)
      const result = await handle(callOf(request, response, url, match.pathname.groups), response)
      if (!response.headersSent) send(response, 200, result)
      return
    }
    throw new Refused(404, 'There is nothing here.')
  }

  return createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      if (response.headersSent) response.end()
      else sendError(response, error)
    })
  })
}

function callOf(request: IncomingMessage, response: ServerResponse, url: URL, path: Call['path']): Call {
  const cookies = (request.headers.cookie ?? '').split('; ').map((pair) => pair.split('='))
  return {
    path,
    query: url.searchParams,
    cookies: Object.fromEntries(cookies.map(([name = '', value = '']) => [name, value])),
    json: () => readJson(request),
    setCookie(name, value) {
      response.appendHeader('set-cookie', `${name}=${value}; Path=/; HttpOnly; SameSite=Strict`)
    },
  }
}

/** Another site's form or script must not act in a patient's name. */
function requireOwnPage(request: IncomingMessage): void {
  const from = request.headers['sec-fetch-site']
  if (from !== undefined && from !== 'same-origin') throw new Refused(403, 'Only our own pages may do this.')
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of request) {
    bytes += piece.length
    if (bytes > bodyMaxBytes) throw new Refused(413, 'That is too long.')
    pieces.push(piece)
  }
  try {
    return JSON.parse(Buffer.concat(pieces).toString('utf8') || '{}')
  } catch {
    throw new Refused(400, 'That cannot be read.')
  }
}

function send(response: ServerResponse, status: number, result: unknown): void {
  const asset = isAsset(result)
    ? result
    : { type: 'application/json', body: JSON.stringify(result === undefined ? {} : result) }
  response.writeHead(status, { ...headers, 'content-type': `${asset.type}; charset=utf-8` }).end(asset.body)
}

function sendError(response: ServerResponse, error: unknown): void {
  if (error instanceof CarekeyError) {
    send(response, error.httpStatus, { reason: error.reason, message: error.message })
  } else if (error instanceof Refused) {
    send(response, error.status, { message: error.message })
  } else {
    console.error(error)
    send(response, 500, { message: 'Something went wrong on our side. Please try again.' })
  }
}

const isAsset = (value: unknown): value is Asset =>
  typeof value === 'object' && value !== null && 'body' in value && 'type' in value
