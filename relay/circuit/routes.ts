import { peerIdFromString } from '@libp2p/peer-id'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { circuitPeerSchema } from '../../shared/protocol/relay-api.ts'
import { noContent } from '../http/reply.ts'
import type { Routes } from '../http/router.ts'
import type { Tokens } from '../identity/tokens.ts'
import type { Peers } from './peers.ts'

export function circuitRoutes({ peers, tokens }: { peers: Peers; tokens: Tokens }): Routes {
  return {
    'PUT /circuit/peer': async (exchange) => {
      const account = await tokens.require(exchange, 'circuit')
      const { peerId } = await exchange.json(circuitPeerSchema)
      await peers.register(account, canonical(peerId))
      return noContent
    },
    'DELETE /circuit/peer/:id': async (exchange) => {
      const account = await tokens.require(exchange, 'circuit')
      if (!(await peers.release(account, canonical(exchange.params.id ?? '')))) {
        throw new CarekeyError('not-found', 'You have no such peer.')
      }
      return noContent
    },
  }
}

function canonical(peerId: string): string {
  try {
    return peerIdFromString(peerId).toString()
  } catch (cause) {
    throw new CarekeyError('params-invalid', 'This is not a peer id.', { cause })
  }
}
