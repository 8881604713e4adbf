import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildStories } from './build.ts'

/** As strict as that of the extension's pages. */
const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'"

const types: Record<string, string> = { js: 'text/javascript', css: 'text/css' }

function page(bundle: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Carekey</title><link rel="stylesheet" href="/${bundle}.css"></head><body><div id="root"></div><script type="module" src="/${bundle}.js"></script></body></html>`
}

function listen(folder: string): Promise<Server> {
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://stories')
    const bundle = searchParams.get('screen') === 'approval' ? 'consent' : 'screens'
    response.setHeader('content-security-policy', policy)
    if (pathname === '/') {
      response.setHeader('content-type', 'text/html')
      return response.end(page(bundle))
    }
    const name = pathname.slice(1)
    if (name === 'favicon.ico') return response.writeHead(204).end()
    if (!/^(screens|consent)\.(js|css)$/.test(name)) return response.writeHead(404).end()
    response.setHeader('content-type', types[name.split('.')[1] ?? ''] ?? 'text/plain')
    return response.end(await readFile(join(folder, name)))
  })
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)))
}

/** Builds the stories and serves them on a free port of this machine: `/?screen=popup&story=popup-locked`. */
export async function serveStories(): Promise<{ origin: string; close(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'carekey-stories-'))
  await buildStories(folder)
  const server = await listen(folder)
  const address = server.address()
  return {
    origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
      await rm(folder, { recursive: true })
    },
  }
}
