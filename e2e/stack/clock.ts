import { createTestClient, http } from 'viem'

/** Moves the embedded ledger's clock forward and puts the new time into a block. */
export async function moveLedgerClock(rpcUrl: string, seconds: number): Promise<void> {
  const client = createTestClient({ mode: 'anvil', transport: http(rpcUrl) })
  await client.increaseTime({ seconds })
  await client.mine({ blocks: 1 })
}
