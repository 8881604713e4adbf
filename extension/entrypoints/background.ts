import { defineBackground } from 'wxt/utils/define-background'
import { z } from 'zod'
import { registerPeer } from '../broker/accounts.ts'
import { type Broker, createBroker } from '../broker/broker.ts'
import { approvalWindow } from '../broker/browser/approval-window.ts'
import { notify, onNotificationClick, onTick, openPage, showBadge } from '../broker/browser/attention.ts'
import { pageHub } from '../broker/browser/pages.ts'
import { siteBrowser } from '../broker/browser/site-browser.ts'
import { blockStore, itemStore } from '../broker/browser/stores.ts'
import { ledgerOf } from '../broker/ledger.ts'
import { nodeLife } from '../broker/node-life.ts'
import { isFinal, storedRequestSchema } from '../broker/queue/request.ts'
import { registryOf } from '../broker/registry.ts'
import { relayWatch } from '../broker/relay-watch.ts'
import { authorize, logServed } from '../broker/retrieval.ts'
import { screenHandlers } from '../broker/screens.ts'
import { sitesOf } from '../broker/site.ts'
import { browser } from '../browser.ts'
import { emergencyOf } from '../emergency/emergency.ts'
import { serveChanges } from '../messaging/changes.ts'
import { closeOffscreen, openOffscreen } from '../messaging/offscreen.ts'
import { callNode } from '../messaging/send.ts'
import { allowedOrigin } from '../messaging/sender.ts'
import { serveNodeEvents, serveUi } from '../messaging/serve.ts'
import { readNetwork } from '../network.ts'
import { createRelayClient, type RelayClient } from '../node/relay/client.ts'
import { emergencyTablesOf, exportIndex, importIndex, tablesOf } from '../records/index-copy.ts'
import { openLog } from '../records/log.ts'
import { openStore } from '../records/store.ts'
import { createVault } from '../vault/vault.ts'
import { emergencyWorldOf } from './wiring/emergency-world.ts'

// Not of type module: that would leave viem's dynamic imports in, which no service worker may use.
export default defineBackground(startBackground)

const now = () => Math.floor(Date.now() / 1_000)

function startBackground(): void {
  // The extension's pages allow no eval, and zod would try.
  z.config({ jitless: true })

  const loopback = import.meta.env.MODE === 'development'
  const network = readNetwork()
  const vault = createVault({ storage: browser.storage })
  const ready = vault.start()
  const store = openStore(vault)
  const requests = store.table('requests', storedRequestSchema)
  const openWindow = approvalWindow(async (id) => {
    const request = vault.state() === 'unlocked' ? await requests.get(id) : undefined
    return request !== undefined && !isFinal(request)
  })
  const relays = relaysOf(network)
  const ledger = ledgerOf(network)
  const registry = registryOf(ledger, itemStore('registry'), now)
  const pages = pageHub({ loopback })
  const changes = serveChanges(() => void broker.waiting().then(showBadge))
  const sites = sitesOf(registry, siteBrowser(!import.meta.env.FIREFOX), itemStore('sites'), (origin) =>
    allowedOrigin(origin, loopback),
  )
  const home = { open: openOffscreen, close: closeOffscreen }
  const node = nodeLife({ call: callNode }, home, () => relays(network.relays[0] ?? '').info())

  const broker: Broker = createBroker(
    {
      network,
      vault,
      node: node.port,
      relay: relays,
      ledger,
      registry,
      tables: { ...tablesOf(store), requests },
      log: openLog(store, now),
      index: { export: () => exportIndex(store), import: (bytes) => importIndex(store, bytes) },
      pages,
      openWindow,
      notify,
      now,
      nowMs: Date.now,
      changed: changes.tell,
    },
    { blocks: blockStore(), backup: itemStore('backup') },
  )
  const { world } = broker
  const emergency = emergencyOf(emergencyWorldOf(broker, vault, emergencyTablesOf(store)), ready)
  const watch = relayWatch(world)

  const wake = async () => {
    await Promise.allSettled([node.start(), watch.check(), broker.checkInbox()])
    await broker.resume()
  }
  const onVault = async () => {
    world.changed()
    void emergency.tick()
    if (vault.state() === 'unlocked') await wake()
    else await node.stop()
  }
  const tick = async () => {
    await ready
    // Also asks whether the time of the automatic lock has come.
    await vault.start()
    void emergency.tick()
    if (vault.state() === 'unlocked') await wake()
  }

  vault.onChange(() => void onVault().catch(() => undefined))
  onTick(() => void tick().catch(() => undefined))
  onNotificationClick((id) =>
    id.startsWith('emergency-') ? void openPage('/emergency') : void openWindow(id),
  )
  browser.permissions.onAdded.addListener(({ origins }) => {
    void sites
      .permitted(origins ?? [])
      .then(world.changed)
      .catch(() => undefined)
  })
  browser.runtime.onInstalled.addListener(() => void sites.restore())
  browser.runtime.onStartup.addListener(() => void sites.restore())

  serveUi({
    ...screenHandlers({ ready, broker, sites, relayStatus: watch.status, startNode: node.start }),
    ...emergency.handlers,
  })
  serveNodeEvents({
    'event.ready': async () => {
      await ready
      if (vault.state() === 'unlocked') await node.start()
      return {}
    },
    'event.reservation': async () => {
      world.changed()
      return {}
    },
    'event.registerPeer': async ({ peerId }) => {
      await ready
      return await registerPeer(world, peerId)
    },
    'event.authorize': async ({ proof }) => {
      await ready
      return await authorize(world, proof, (await callNode('node.state', {})).peerId)
    },
    'event.served': async (served) => {
      await ready
      await logServed(world, served)
      return {}
    },
  })
  pages.serve({
    isInvited: sites.isInvited,
    openWindow: () => openWindow(),
    async answer(...call) {
      await ready
      return await broker.calls.answer(...call)
    },
    async documentGone(documentId) {
      await ready
      await broker.documentGone(documentId)
    },
  })
  void ready.then(onVault).catch(() => undefined)
}

/** One client a relay, so that its tokens are asked for once. */
function relaysOf(deployment: ReturnType<typeof readNetwork>): (origin: string) => RelayClient {
  const clients = new Map<string, RelayClient>()
  return (origin) => {
    const client = clients.get(origin) ?? createRelayClient({ origin, deployment })
    clients.set(origin, client)
    return client
  }
}
