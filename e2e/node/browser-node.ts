import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts'
import type { NodeMessage, nodeMessages, RequestOf, ResponseOf } from '../../extension/messages.ts'
import { createRelayClient, type RelayClient } from '../../extension/node/relay/client.ts'
import type { RetrievalAnswer, RetrievalProof } from '../../shared/protocol/sign-in.ts'
import { chromiumPath } from '../stack/browser.ts'
import { type Foundation, repository } from '../stack/foundation.ts'

export interface BrowserNode {
  call<K extends NodeMessage>(
    type: K,
    request: RequestOf<typeof nodeMessages, K>,
  ): Promise<ResponseOf<typeof nodeMessages, K>>
  readBlob(url: string): Promise<Uint8Array>
  /** What the background would answer; a test may change it. */
  authorize: (proof: RetrievalProof) => Promise<RetrievalAnswer> | RetrievalAnswer
  reservations: { reserved: boolean; peerId: string }[]
  registered: string[]
  served: { grant: string; cid: string; bytes: number }[]
  relay: RelayClient
  /** The patient's account: pseudonym and relay account in one, which only a test may do. */
  patient: string
  /** The bearer token of the patient's relay account. */
  token(): Promise<string>
  stop(): Promise<void>
}

/** As the extension's own pages have it: no eval, no foreign code. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self' blob: http://127.0.0.1:* ws://127.0.0.1:*"

/** The extension's node in a real Chromium, without the extension around it. */
export async function openBrowserNode(foundation: Foundation): Promise<BrowserNode> {
  const files = await bundle()
  const server = createServer((request, response) => {
    const script = files.get(request.url ?? '')
    response.setHeader('content-security-policy', contentSecurityPolicy)
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html')
    response.end(script ?? '<!doctype html><title>Node</title><script type="module" src="/page.js"></script>')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo

  const browser = await chromium.launch({
    executablePath: chromiumPath(),
    args: [
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
    ],
  })
  const page = await browser.newPage()
  const relay = createRelayClient({ origin: foundation.relayOrigin, deployment: foundation.network })
  const patient = privateKeyToAccount(generatePrivateKey())
  const token = () =>
    relay.token({
      address: patient.address,
      sign: (data) => patient.signTypedData(data),
    })
  const node: BrowserNode = {
    call: async (type, request) =>
      page.evaluate(([name, body]) => window.callNode(name, body), [type, request] as const) as never,
    readBlob: async (url) => Uint8Array.from(await page.evaluate((blob) => window.readBlob(blob), url)),
    authorize: () => ({ ok: true }),
    reservations: [],
    registered: [],
    served: [],
    relay,
    patient: patient.address,
    token,
    async stop() {
      await browser.close()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  await page.exposeFunction('nodeEvent', async (name: string, argument: never) => {
    if (name === 'authorize') return node.authorize(argument)
    if (name === 'served') return void node.served.push(argument)
    if (name === 'reservation') return void node.reservations.push(argument)
    node.registered.push(argument)
    await relay.registerPeer(await token(), argument)
    return { registered: true }
  })
  page.on('console', (message) => {
    if (message.type() === 'error' && process.env.DEBUG_NODE) console.error(message.text())
  })
  page.on('pageerror', (error) => console.error(error))
  await page.goto(`http://127.0.0.1:${port}/`)
  await page.waitForFunction(() => 'callNode' in window)
  return node
}

async function bundle(): Promise<Map<string, Uint8Array>> {
  const { outputFiles } = await build({
    entryPoints: {
      page: join(repository, 'e2e/node/page.ts'),
      worker: join(repository, 'extension/vault/worker/main.ts'),
    },
    outdir: '/',
    write: false,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'chrome137',
    logLevel: 'error',
  })
  return new Map(outputFiles.map((file) => [file.path, file.contents]))
}
