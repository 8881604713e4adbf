import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { RelayInfo } from '../../shared/protocol/relay-api.ts'
import { limits } from './limits.ts'
import type { NodePort } from './ports.ts'

/** Where the node lives: a document that can be opened and closed in Chrome, this very context in Firefox. */
export interface NodeHome {
  open(): Promise<void>
  close(): Promise<void>
}

/** The node's life: it runs while the vault is open, and its document is made anew after every lock. */
export interface NodeLife {
  /** Calls open the node's document first if it is not there. */
  readonly port: NodePort
  /** Resolves once the node answers; connects it to the relay if that can be reached. */
  start(): Promise<void>
  stop(): Promise<void>
}

export function nodeLife(node: NodePort, home: NodeHome, relayInfo: () => Promise<RelayInfo>): NodeLife {
  let ready: Promise<void> | undefined

  const answers = async () => {
    await home.open()
    const until = performance.now() + limits.nodeStartMs
    for (;;) {
      try {
        await node.call('node.state', {})
        return
      } catch (cause) {
        if (performance.now() > until) {
          throw new CarekeyError('internal', 'Carekey’s storage did not start. Restart the browser.', {
            cause,
          })
        }
      }
      await new Promise((resolve) => setTimeout(resolve, limits.nodePollMs))
    }
  }
  const beReady = () => {
    ready ??= answers().catch((error) => {
      ready = undefined
      throw error
    })
    return ready
  }

  return {
    port: {
      async call(type, request) {
        await beReady()
        return await node.call(type, request)
      },
    },
    async start() {
      await beReady()
      const { peerId } = await node.call('node.state', {})
      if (peerId === null) await node.call('node.start', { relay: await relayInfo() })
    },
    async stop() {
      if (ready) await node.call('node.stop', {}).catch(() => undefined)
      ready = undefined
      await home.close()
    },
  }
}
