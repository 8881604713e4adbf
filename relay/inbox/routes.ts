import { accreditationRefusal } from '../../shared/contracts/organizations.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { addressSchema } from '../../shared/protocol/ids.ts'
import { limits } from '../../shared/protocol/limits.ts'
import { inboxPostedSchema, inboxReplySchema } from '../../shared/protocol/relay-api.ts'
import type { Rates } from '../http/rate.ts'
import { created, noContent, ok } from '../http/reply.ts'
import type { Routes } from '../http/router.ts'
import type { Account, Tokens } from '../identity/tokens.ts'
import { type Ledger, requireOrganization } from '../ledger/ledger.ts'
import { relayLimits } from '../limits.ts'
import type { Quota } from '../pinning/quota.ts'
import type { Inbox } from './messages.ts'

export interface InboxParts {
  inbox: Inbox
  tokens: Tokens
  rates: Rates
  ledger: Ledger
  quota: Quota
}

export function inboxRoutes({ inbox, tokens, rates, ledger, quota }: InboxParts): Routes {
  /**
   * How many messages may wait already. An accredited organization is written to by anyone who has signed in, but strangers can fill only
   * some of its places; everybody else is written to by accredited organizations only.
   */
  async function capacityFor(sender: Account, recipient: Account, address: string): Promise<number> {
    const organization = await ledger.organizationOfSigner(recipient)
    if (organization && accreditationRefusal(organization, await ledger.now()) === null) {
      if (await quota.isVouched(organization.id, sender)) return relayLimits.inboxMessagesPerOrganization
      rates.take('unvouchedInbox', address)
      return relayLimits.inboxStrangersPerOrganization
    }
    await requireOrganization(ledger, sender)
    return relayLimits.inboxMessagesPerPatient
  }

  return {
    'POST /inbox/:account': async (exchange) => {
      const sender = await tokens.require(exchange, 'inbox')
      rates.take('inbox', sender)
      const recipient = exchange.param('account', addressSchema)
      const capacity = await capacityFor(sender, recipient, exchange.address)
      const sealed = await exchange.bytes(limits.inboxMessageMaxBytes)
      if (sealed.byteLength === 0) throw new CarekeyError('params-invalid', 'The message is empty.')
      const id = await inbox.leave({ recipient, sender, sealed, capacity })
      return created(inboxPostedSchema.parse({ id }))
    },
    'GET /inbox': async (exchange) => {
      const waiting = await inbox.waiting(await tokens.require(exchange, 'inbox'))
      const messages = waiting.map(({ sealed, ...message }) => ({
        ...message,
        sealed: Buffer.from(sealed).toString('base64'),
      }))
      return ok(inboxReplySchema.parse({ messages }))
    },
    'DELETE /inbox/:id': async (exchange) => {
      if (!(await inbox.acknowledge(await tokens.require(exchange, 'inbox'), exchange.params.id ?? ''))) {
        throw new CarekeyError('not-found', 'No such message waits for you.')
      }
      return noContent
    },
  }
}
