import { z } from 'zod'
import type { NodeMessage } from '../../extension/messages.ts'
import { nodeMessages } from '../../extension/messages.ts'
import { createHandlers } from '../../extension/node/handlers.ts'
import { createNode, type NodeEvents } from '../../extension/node/node.ts'
import { openStore } from '../../extension/node/store/store.ts'
import { createSealer } from '../../extension/vault/worker/client.ts'

// What the offscreen document is, in a page that a test can hold: the same node, its events answered by the test.

z.config({ jitless: true })

declare global {
  interface Window {
    /** The test's side of `nodeEvents`. */
    nodeEvent: (name: keyof NodeEvents, argument: unknown) => Promise<unknown>
    callNode: (name: NodeMessage, request: unknown) => Promise<unknown>
    /** How much a `blob:` URL holds. */
    readBlob: (url: string) => Promise<number[]>
  }
}

const ask = async <T>(name: keyof NodeEvents, argument: unknown) =>
  (await window.nodeEvent(name, argument)) as T

const store = await openStore('carekey')
const node = createNode({
  store,
  loopback: true,
  events: {
    registerPeer: (peerId) => ask('registerPeer', peerId),
    reservation: (change) => void ask('reservation', change),
    authorize: (proof) => ask('authorize', proof),
    served: (served) => void ask('served', served),
  },
})
const sealer = createSealer(() => new Worker('/worker.js', { type: 'module' }))
const handlers = createHandlers({ node, store, sealer })

window.callNode = async (name, request) => {
  const handler = handlers[name] as (request: unknown) => Promise<unknown>
  return nodeMessages[name].response.parse(await handler(nodeMessages[name].request.parse(request)))
}
window.readBlob = async (url) => [...new Uint8Array(await (await fetch(url)).arrayBuffer())]
