import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestLedger, type TestLedger } from '../../shared/contracts/test-ledger.ts'
import type { Network } from '../../shared/protocol/network.ts'

/** Anvil's second account, rich on every fresh chain; its key is public. */
export const sponsorKey = '0x59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d'

export interface TestNetwork {
  ledger: TestLedger
  network: Network
  /** A fresh folder for a relay's data; all of them go when the network stops. */
  newDir: () => string
  networkFile: string
  stop: () => Promise<void>
}

/** A chain with two accredited organizations, described as an operator would. */
export async function startTestNetwork(): Promise<TestNetwork> {
  const ledger = await startTestLedger()
  const home = mkdtempSync(join(tmpdir(), 'carekey-relay-'))
  const network: Network = {
    name: 'test',
    ...ledger.deployed,
    rpcUrl: ledger.rpcUrl,
    confirmations: 0,
    relays: ['http://127.0.0.1:1'],
  }
  const networkFile = join(home, 'network.json')
  writeFileSync(networkFile, JSON.stringify(network))
  return {
    ledger,
    network,
    networkFile,
    newDir: () => mkdtempSync(join(home, 'data-')),
    stop: async () => {
      await ledger.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
