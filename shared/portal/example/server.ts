// The plumbing that any web framework does: calls by POST, and three files.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { json } from 'node:stream/consumers'
import { calls } from './carekey.ts'

const files: Record<string, [type: string, from: string]> = {
  '/': ['text/html', import.meta.resolve('./index.html')],
  '/page.js': ['text/javascript', import.meta.resolve('./page.js')],
  '/carekey.js': ['text/javascript', import.meta.resolve('carekey/portal/page')],
}

createServer(async (request, response) => {
  const call = calls[request.url ?? '']
  const [type, from] = files[request.url ?? ''] ?? []
  if (call && request.method === 'POST') {
    const reply = json(request).then(call)
    const refused = ({ reason, message }: { reason?: string; message: string }) => {
      response.statusCode = 400
      return { reason, message }
    }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(await reply.catch(refused)))
  } else if (type && from) {
    response.setHeader('content-type', type)
    response.end(readFileSync(new URL(from)))
  } else {
    response.writeHead(404).end()
  }
}).listen(Number(process.env.PORT ?? 3000), '127.0.0.1')
