import { randomBytes } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { privateKeyToAccount } from 'viem/accounts'
import { openLedger } from '../shared/contracts/ledger.ts'
import { Circuit } from './circuit/circuit.ts'
import { keptSecret, peerKey } from './circuit/key.ts'
import { Peers } from './circuit/peers.ts'
import { Relays } from './circuit/relays.ts'
import { circuitRoutes } from './circuit/routes.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Config } from './config.ts'
import { Directories } from './emergency/directories.ts'
import { emergencyRoutes } from './emergency/routes.ts'
import { Mappings } from './gateway/mappings.ts'
import { Receipts } from './gateway/receipts.ts'
import { gatewayRoutes } from './gateway/routes.ts'
import { Housekeeping } from './housekeeping.ts'
import { Rates } from './http/rate.ts'
import { Router, type Routes } from './http/router.ts'
import { HttpServer } from './http/server.ts'
import { Nonces } from './identity/nonces.ts'
import { identityRoutes } from './identity/routes.ts'
import { sharedSecret } from './identity/shared-secret.ts'
import { Tokens } from './identity/tokens.ts'
import { Inbox } from './inbox/messages.ts'
import { inboxRoutes } from './inbox/routes.ts'
import { infoRoutes, version } from './info.ts'
import { Names } from './ipns/names.ts'
import { ipnsRoutes } from './ipns/routes.ts'
import { Head } from './ledger/head.ts'
import { CachedLedger } from './ledger/ledger.ts'
import type { Log } from './log.ts'
import { Metrics, watchRooms } from './metrics.ts'
import { Claims } from './pinning/claims.ts'
import { Pinner } from './pinning/pinner.ts'
import { Pins } from './pinning/pins.ts'
import { Quota } from './pinning/quota.ts'
import { Replicas } from './pinning/replicas.ts'
import { pinningRoutes } from './pinning/routes.ts'
import { Staging } from './pinning/staging.ts'
import { Upstream, type UpstreamPlace } from './pinning/upstream.ts'
import { readyRoutes } from './ready.ts'
import { Batcher } from './sponsor/batcher.ts'
import { LedgerOfActs } from './sponsor/ledger-of-acts.ts'
import { sponsorRoutes } from './sponsor/routes.ts'
import { Sender } from './sponsor/sender.ts'
import { statusRoutes } from './status/routes.ts'
import { Traffic } from './status/traffic.ts'
import { collect } from './storage/collector.ts'
import { openStorage } from './storage/open.ts'

export interface Relay {
  /** Where it answers, such as `http://127.0.0.1:8787`. */
  readonly url: string
  readonly audience: string
  /** What it answers, such as `GET /pins/:requestid`. */
  readonly routes: readonly string[]
  /** Does now what is done every half minute. */
  tidy(): Promise<void>
  /** Tells of the process too, at `/metrics`. Once a process. */
  watchProcess(): void
  /** From here on `/ready` says that it is stopping; everything is still served. */
  drain(): void
  stop(): Promise<void>
}

/** Puts the rooms together and starts them; what has started is stopped again when a later one fails. */
export async function startRelay(config: Config, log: Log, clock: Clock = systemClock): Promise<Relay> {
  const stops: (() => Promise<void> | void)[] = []
  const stop = async (): Promise<void> => {
    for (let next = stops.pop(); next; next = stops.pop()) await next()
  }
  try {
    return await assemble(config, log, clock, stops, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

async function assemble(
  config: Config,
  log: Log,
  clock: Clock,
  stops: (() => Promise<void> | void)[],
  stop: () => Promise<void>,
): Promise<Relay> {
  const at = (name: string): string => join(config.dataDir, name)
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
  const { db, store, gate } = await openStorage(config, log)
  stops.push(() => db.close())
  stops.push(() => store.stop())

  const metrics = new Metrics()
  const rates = new Rates(clock)
  const intake = { db, store, gate }
  const abort = new AbortController()
  const ledger = new CachedLedger(config.network, clock)
  const head = new Head(ledger, clock)
  const traffic = new Traffic(clock)
  const startedMs = clock()
  let isDraining = false
  const isStopping = () => isDraining
  const tokens = new Tokens(db, clock)
  const nonces = new Nonces(db, clock, await sharedSecret(db, 'nonces', randomBytes(32)))
  const claims = new Claims(db, clock)
  const pins = new Pins(db, clock, claims)
  const pinner = new Pinner({ db, store, claims, pins, metrics, log })
  const staging = new Staging(intake, clock)
  const quota = new Quota(
    db,
    clock,
    ledger,
    await sharedSecret(db, 'blinding', keptSecret(at('blinding.key'))),
  )
  const mappings = new Mappings(db, clock, pins)
  const receipts = new Receipts(db, clock)
  const directories = new Directories(db, clock, pins)
  const inbox = new Inbox(db, clock)
  const names = new Names(db, clock)
  const peers = new Peers(db, clock)
  const relays = new Relays(db, clock)
  const circuit = new Circuit({
    host: config.host,
    port: config.wsPort,
    publicWs: config.publicWs,
    key: await peerKey(at('peer.key')),
    peers,
    relays,
    metrics,
  })
  await circuit.start()
  stops.push(() => circuit.stop())
  await pinner.start()
  stops.push(() => pinner.stop())

  let audience = config.publicUrl ?? ''
  const deployment = ledger.deployment
  const router = new Router()
    .add(infoRoutes({ config, circuit, metrics, audience: () => audience }))
    .add(readyRoutes({ db, head, isStopping }))
    .add(identityRoutes({ tokens, nonces, rates, clock, deployment, audience: () => audience }))
    .add(
      pinningRoutes({
        intake,
        claims,
        pins,
        pinner,
        quota,
        staging,
        tokens,
        rates,
        metrics,
        ledger,
        delegates: () => circuit.multiaddrs,
      }),
    )
    .add(
      gatewayRoutes({
        db,
        store,
        tokens,
        ledger,
        mappings,
        pins,
        receipts,
        metrics,
        peerAddressOf: (account) => circuit.addressOf(account),
      }),
    )
    .add(emergencyRoutes({ db, store, tokens, ledger, directories, receipts, metrics }))
    .add(inboxRoutes({ inbox, tokens, rates, ledger, quota }))
    .add(ipnsRoutes({ names, rates }))
    .add(circuitRoutes({ peers, tokens }))

  const acts = new LedgerOfActs(db, clock, metrics)
  const sponsor = sponsorOf()
  if (sponsor) router.add(sponsor)

  function sponsorOf(): Routes | null {
    if (config.sponsorKey === null) return null
    const trialLedger = openLedger(config.network)
    const account = privateKeyToAccount(config.sponsorKey)
    const { confirmations } = config.network
    const sender = new Sender({ acts, account, ledger: trialLedger, confirmations, clock, log })
    sender.start()
    stops.push(() => sender.stop())
    const { batches } = config
    const payer = account.address
    const kick = () => void sender.kick()
    const batcher = new Batcher({ db, acts, ledger: trialLedger, payer, settings: batches, clock, log, kick })
    batcher.start()
    stops.push(() => batcher.stop())
    return sponsorRoutes({ acts, sender, payer, ledger, trialLedger, batches, clock, rates })
  }

  const reservations = () => circuit.reservations
  watchRooms(metrics, db, head, reservations)
  const facts = {
    name: config.name,
    version,
    chainId: config.network.chainId,
    engines: {
      database: config.databaseUrl === null ? 'SQLite' : 'PostgreSQL',
      blocks: config.blocks === null ? 'Files' : 'S3',
    },
    hasSponsor: sponsor !== null,
  }
  router.add(statusRoutes({ db, clock, startedMs, head, traffic, reservations, isStopping, facts }))
  function replicatorOf(place: UpstreamPlace): () => Promise<void> {
    const replicas = new Replicas({ db, store, clock, log, upstream: new Upstream(place) })
    return () => replicas.replicate()
  }

  const housekeeping = new Housekeeping(log, [
    ...[tokens, nonces, pins, claims, staging, receipts, inbox, names, peers, acts].map(
      (room) => () => room.sweep(),
    ),
    () => pinner.retry(),
    () => circuit.sayHere(),
    () => collect({ db, store, gate, clock, metrics }, abort.signal),
    // The last, since it waits for another machine.
    ...(config.upstream ? [replicatorOf(config.upstream)] : []),
  ])
  housekeeping.start()
  stops.push(() => {
    abort.abort()
    return housekeeping.stop()
  })

  const { allowedOrigins, trustedProxies } = config
  const server = new HttpServer({ router, rates, metrics, traffic, log, allowedOrigins, trustedProxies })
  const port = await server.start(config.host, config.port)
  stops.push(() => server.stop())
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
  audience ||= url
  log.info('the relay is ready', { port, sponsor: sponsor !== null })
  const drain = () => {
    isDraining = true
    server.drain()
  }
  return {
    url,
    audience,
    routes: router.routes,
    tidy: () => housekeeping.tidy(),
    watchProcess: () => metrics.watchProcess(),
    drain,
    stop,
  }
}
