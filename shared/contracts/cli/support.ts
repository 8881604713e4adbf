import { encodeApproveSupport, encodeWithdrawSupport } from '../attestations.ts'
import { listOrganizations } from '../organizations.ts'
import { isSupportApproved, listApprovedSupport } from '../support.ts'
import { act, unchanged } from './act.ts'
import type { Command } from './command.ts'
import { command } from './context.ts'
import { organization } from './option.ts'
import { known } from './organizations.ts'
import { table } from './table.ts'

const pair = { author: organization, supporter: organization }

export const supportCommands: Record<string, Command> = {
  'approve-support': command({
    summary: 'lets one organization vote on what another deposits; never two on each other’s',
    options: pair,
    run: async ({ author, supporter }, context) => {
      const [by, of] = await Promise.all([known(context, supporter), known(context, author)])
      if (await isSupportApproved(context.ledger, author, supporter)) {
        return unchanged(`${by.name} may vote on what ${of.name} deposits already.`)
      }
      const call = encodeApproveSupport(context.ledger.deployment, author, supporter)
      return act(context, `let ${by.name} vote on what ${of.name} deposits`, call)
    },
  }),
  'withdraw-support': command({
    summary: 'takes that back',
    options: pair,
    run: async ({ author, supporter }, context) => {
      const [by, of] = await Promise.all([known(context, supporter), known(context, author)])
      if (!(await isSupportApproved(context.ledger, author, supporter))) {
        return unchanged(`${by.name} may not vote on what ${of.name} deposits.`)
      }
      const call = encodeWithdrawSupport(context.ledger.deployment, author, supporter)
      return act(context, `let ${by.name} no longer vote on what ${of.name} deposits`, call)
    },
  }),
  'list-support': command({
    summary: 'lists who may vote on whose deposits',
    options: {},
    run: async (_, { ledger }) => {
      const [pairs, organizations] = await Promise.all([
        listApprovedSupport(ledger),
        listOrganizations(ledger),
      ])
      const nameOf = (id: string) => organizations.find((found) => found.id === id)?.name ?? id
      return {
        json: pairs,
        text:
          pairs.length === 0
            ? 'Nobody may vote on another’s deposits yet.'
            : table(
                ['SUPPORTER', 'VOTES ON WHAT THIS DEPOSITS'],
                pairs.map(({ author, supporter }) => [nameOf(supporter), nameOf(author)]),
              ),
      }
    },
  }),
}
