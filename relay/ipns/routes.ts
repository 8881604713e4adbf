import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { Rates } from '../http/rate.ts'
import { ok, type Reply } from '../http/reply.ts'
import type { Routes } from '../http/router.ts'
import { relayLimits } from '../limits.ts'
import { type Names, parseName } from './names.ts'

const mediaType = 'application/vnd.ipfs.ipns-record'

/** Delegated routing for IPNS (https://specs.ipfs.tech/routing/http-routing-v1/#ipns-api), for names that live at this relay alone. */
export function ipnsRoutes({ names, rates }: { names: Names; rates: Rates }): Routes {
  return {
    'GET /routing/v1/ipns/:name': async (exchange): Promise<Reply> => {
      const found = await names.get(parseName(exchange.params.name ?? ''))
      if (!found) throw new CarekeyError('not-found', 'The relay has no valid record of this name.')
      return {
        status: 200,
        headers: { 'content-type': mediaType, 'cache-control': 'no-store' },
        bytes: found,
      }
    },
    'PUT /routing/v1/ipns/:name': async (exchange) => {
      rates.take('ipns', exchange.address)
      if (exchange.header('content-type') !== mediaType) {
        throw new CarekeyError('params-invalid', `The content type must be ${mediaType}.`)
      }
      const name = parseName(exchange.params.name ?? '')
      if (!(await names.has(name))) rates.take('newName', exchange.address)
      await names.put(name, await exchange.bytes(relayLimits.ipnsRecordMaxBytes))
      return ok({})
    },
  }
}
