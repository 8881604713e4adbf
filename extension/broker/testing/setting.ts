import type { ProviderReply } from '../outcome.ts'
import { startChain, type TestChain } from './chain.ts'
import { type Hospital, hospitalOf } from './hospital.ts'
import { type TestRelay, testRelay } from './relay.ts'

export interface Setting {
  chain: TestChain
  relay: TestRelay
  hospital(name: string, change?: Parameters<TestChain['register']>[1]): Promise<Hospital>
}

/** A chain and a relay; hospitals as they are needed. End it with `chain.stop`. */
export async function startSetting(): Promise<Setting> {
  const chain = await startChain()
  const relay = testRelay(chain)
  return {
    chain,
    relay,
    hospital: async (name, change) => hospitalOf(chain, relay, await chain.register(name, change)),
  }
}

export const reasonOf = (reply: ProviderReply): string =>
  'error' in reply ? reply.error.data.reason : 'no refusal'

export function resultOf<T>(reply: ProviderReply): T {
  if ('error' in reply) throw new Error(JSON.stringify(reply.error))
  return reply.result as T
}
