import { z } from 'zod'
import { sendNodeEvent } from '../../messaging/send.ts'
import { serveNode } from '../../messaging/serve.ts'
import { createHandlers } from '../../node/handlers.ts'
import { createNode } from '../../node/node.ts'
import { openStore } from '../../node/store/store.ts'
import { createSealer } from '../../vault/worker/client.ts'

// The extension's pages allow no eval, and zod would try.
z.config({ jitless: true })

const spawn = () =>
  new Worker(new URL('../../vault/worker/main.ts', import.meta.url), {
    type: 'module',
    name: 'carekey-sealing',
  })

/** Nobody waits for these; a background that is just restarting asks for the state again. */
function tell(event: Promise<unknown>): void {
  event.catch(() => {})
}

const store = await openStore('carekey')
const node = createNode({
  store,
  loopback: import.meta.env.MODE === 'development',
  events: {
    registerPeer: (peerId) => sendNodeEvent('event.registerPeer', { peerId }),
    reservation: (change) => tell(sendNodeEvent('event.reservation', change)),
    authorize: (proof) => sendNodeEvent('event.authorize', { proof }),
    served: (served) => tell(sendNodeEvent('event.served', served)),
  },
})
serveNode(createHandlers({ node, store, sealer: createSealer(spawn) }))
tell(sendNodeEvent('event.ready', {}))
