import { relayInfoSchema } from '../shared/protocol/relay-api.ts'
import type { Circuit } from './circuit/circuit.ts'
import type { Config } from './config.ts'
import { ok, type Reply } from './http/reply.ts'
import type { Routes } from './http/router.ts'
import type { Metrics } from './metrics.ts'
import { openApiDocument } from './openapi/document.ts'

export const version = '0.1.0'

export interface Info {
  config: Config
  circuit: Circuit
  metrics: Metrics
  audience: () => string
}

/** What anyone may know of this relay. */
export function infoRoutes({ config, circuit, metrics, audience }: Info): Routes {
  const document = openApiDocument(version)
  return {
    // Asks nobody: without the ledger the relay still keeps and returns what is the patient's own.
    'GET /health': () => ok({ status: 'ok' }),
    'GET /info': async () =>
      ok(
        relayInfoSchema.parse({
          name: config.name,
          version,
          audience: audience(),
          chainId: config.network.chainId,
          contracts: config.network.contracts,
          peerId: circuit.peerId,
          multiaddrs: await circuit.allMultiaddrs(),
          iceServers: config.iceServers,
        }),
      ),
    'GET /openapi.json': () => ok(document),
    'GET /metrics': async (): Promise<Reply> => ({
      status: 200,
      headers: { 'content-type': metrics.registry.contentType },
      bytes: Buffer.from(await metrics.registry.metrics()),
    }),
  }
}
