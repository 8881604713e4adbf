import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PrivateKeyAccount } from 'viem/accounts'
import { z } from 'zod'
import type { Voucher } from '../../protocol/connection.ts'
import type { Network } from '../../protocol/network.ts'
import { type GrantMapping, pinStatusSchema } from '../../protocol/relay-api.ts'
import { json, readReply } from '../server/relay-http.ts'
import { relaySession } from '../server/relay-session.ts'
import type { GivenGrant, KeptRecord } from './patient.ts'

/** The relay itself, as a process of its own. */
export interface RelayProcess {
  origin: string
  /** The network with this relay in it. */
  network: Network
  stop(): Promise<void>
}

const sponsorKey = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d'

export async function startRelayProcess(
  world: Network,
  environment: Record<string, string> = {},
): Promise<RelayProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'carekey-relay-'))
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const network = { ...world, relays: [origin] }
  const file = join(folder, 'network.json')
  await writeFile(file, JSON.stringify(network))
  const main = fileURLToPath(new URL('../../../relay/main.ts', import.meta.url))
  const child = spawn(process.execPath, [main], {
    env: {
      ...process.env,
      RELAY_PORT: String(port),
      RELAY_WS_PORT: '0',
      RELAY_DATA: join(folder, 'data'),
      LEDGER_NETWORK: file,
      RELAY_SPONSOR_KEY: sponsorKey,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  await healthy(child, origin)
  return {
    origin,
    network,
    async stop() {
      if (child.exitCode === null) {
        child.kill('SIGTERM')
        await once(child, 'exit')
      }
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function healthy(child: ChildProcess, origin: string): Promise<void> {
  let said = ''
  child.stdout?.on('data', (piece: Buffer) => {
    said += piece
  })
  child.stderr?.on('data', (piece: Buffer) => {
    said += piece
  })
  const until = Date.now() + 15_000
  while (Date.now() < until) {
    if (child.exitCode !== null) break
    const response = await fetch(`${origin}/health`).catch(() => undefined)
    if (response?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  child.kill('SIGKILL')
  throw new Error(`The relay did not start:\n${said}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('No port.')
  return address.port
}

/** What the patient's side does at the relay: pins under an account of its own, and maps grants. */
export function patientAt(relay: RelayProcess, account: PrivateKeyAccount) {
  const call = relaySession({ network: relay.network, account }, relay.origin)
  async function pin(cid: string, car: Uint8Array): Promise<void> {
    await call('/blocks', {
      method: 'POST',
      headers: { 'content-type': 'application/vnd.ipld.car' },
      body: car,
    })
    const { status } = await readReply(pinStatusSchema, await call('/pins', json({ cid })))
    if (status !== 'pinned') throw new Error(`The relay says ${status}.`)
  }
  return {
    call,
    vouch: (voucher: Voucher) => call('/vouchers', json(voucher)),
    async keep(records: readonly Pick<KeptRecord, 'cid' | 'car'>[]): Promise<void> {
      for (const { cid, car } of records) await pin(cid, car)
    },
    async open({ granted, cars }: GivenGrant): Promise<void> {
      for (const [cid, car] of cars) await pin(cid, car)
      const cids = [...cars.keys()].filter((cid) => cid !== granted.manifest)
      const { grant, signature, batch } = granted.grant
      const shown = batch ? { batch: { ...batch, signature } } : {}
      const mapping = { grant, manifest: granted.manifest, cids, ...shown } as GrantMapping
      await call(`/grants/${granted.grantId}`, { ...json(mapping), method: 'PUT' })
    },
    async inbox(): Promise<{ id: string; sealed: string }[]> {
      const schema = z.object({ messages: z.array(z.object({ id: z.string(), sealed: z.string() })) })
      return (await readReply(schema, await call('/inbox'))).messages
    },
  }
}
