import { privateKeyToAccount } from 'viem/accounts'
import { newPatient, type TestOrganization } from '../../shared/contracts/test-ledger.ts'
import { voucherTypedData } from '../../shared/protocol/connection.ts'
import { pseudonymSchema, signatureSchema } from '../../shared/protocol/ids.ts'
import type { Clock } from '../clock.ts'
import type { Config } from '../config.ts'
import { silentLog } from '../log.ts'
import { type Relay, startRelay } from '../relay.ts'
import { Client } from './client.ts'
import { sponsorKey, type TestNetwork } from './network.ts'
import { placeAt } from './storage.ts'

export interface RelayHere extends Relay {
  anonymous: Client
  /** Signed in with a fresh key. */
  newAccount: () => Promise<Client>
  as: (organization: TestOrganization) => Promise<Client>
}

/** A relay in this process, for tests that turn its clock. */
export async function startRelayHere(
  net: TestNetwork,
  changes: Partial<Config> = {},
  clock: Clock = () => Date.now(),
): Promise<RelayHere> {
  const config: Config = {
    port: 0,
    host: '127.0.0.1',
    wsPort: 0,
    ...(await placeAt(changes.dataDir ?? net.newDir())),
    name: 'test',
    publicUrl: null,
    publicWs: null,
    iceServers: [],
    allowedOrigins: null,
    sponsorKey,
    batches: { mode: 'asked', windowMs: 60_000, size: 100, jitterMs: 180_000 },
    trustedProxies: 0,
    upstream: null,
    drainMs: 0,
    network: net.network,
    ...changes,
  }
  const relay = await startRelay(config, silentLog, clock)
  const anonymous = new Client(relay.url, net.network)
  return {
    ...relay,
    anonymous,
    newAccount: () => anonymous.signedIn(newPatient()),
    as: ({ signer }) => anonymous.signedIn(signer),
  }
}

/** A clock that stands at the system's time plus what it was moved by. */
export function movableClock() {
  let aheadMs = 0
  const moveMs = (ms: number): void => {
    aheadMs += ms
  }
  return { clock: () => Date.now() + aheadMs, moveMs }
}

export async function signVoucher(
  { deployed, startedAt }: TestNetwork['ledger'],
  organization: TestOrganization,
  patient: `0x${string}`,
  deadline = startedAt + 30 * 24 * 60 * 60,
) {
  const message = { organization: organization.id, patient: pseudonymSchema.parse(patient), deadline }
  const signature = await organization.signer.signTypedData(voucherTypedData(deployed, message))
  return { ...message, signature: signatureSchema.parse(signature) }
}

export const sponsorAccount = privateKeyToAccount(sponsorKey)
