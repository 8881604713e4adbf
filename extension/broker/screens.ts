import type { z } from 'zod'
import { fromBase64, toBase64 } from '../../shared/protocol/base64.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import type { Commitment } from '../../shared/protocol/ids.ts'
import { commitmentOf, decodeStatement } from '../../shared/protocol/statement.ts'
import type { emergencyMessages } from '../emergency-snapshots.ts'
import type { UiMessage } from '../messages.ts'
import type { UiHandlers } from '../messaging/serve.ts'
import type { Status, siteViewSchema } from '../snapshots.ts'
import { ownerToken } from './accounts.ts'
import { auditTrail, openings } from './audit.ts'
import { listBills } from './bills.ts'
import type { Broker } from './broker.ts'
import { careHandlers } from './care/handlers.ts'
import { leave } from './connect.ts'
import { dispute } from './dispute.ts'
import type { StoredRecord } from './ports.ts'
import { replaceGrant } from './replace.ts'
import { exportGrant, revoke } from './revoke.ts'
import type { Sites, SiteView } from './site.ts'
import { recordStanding, recordStandings } from './standing.ts'
import { grantView, organizationView, readOnce, recordViews, requestView } from './views.ts'
import { withdraw } from './withdraw.ts'

export interface ScreenDeps {
  /** The vault's state is known. */
  ready: Promise<void>
  broker: Broker
  sites: Sites
  relayStatus(): Promise<Status['relay']>
  /** The node, running: a restore fetches by it. */
  startNode(): Promise<void>
}

/** What only a person does: each puts off the automatic lock. */
const acts: ReadonlySet<UiMessage> = new Set<UiMessage>([
  'requests.decide',
  'requests.retry',
  'requests.open',
  'records.read',
  'records.export',
  'records.dispute',
  'records.withdraw',
  'grants.revoke',
  'bills.dispute',
  'grants.replace',
  'grants.export',
  'care.invite',
  'care.sign',
  'care.end',
  'care.take',
  'care.endSharing',
  'care.exportEnding',
  'site.invite',
  'site.forgive',
  'site.remove',
  'vault.setAutoLock',
])

/** What other rooms answer is theirs. */
export type ScreenHandlers = Omit<UiHandlers, keyof typeof emergencyMessages>

/** Every question of our own screens, answered. */
export function screenHandlers(deps: ScreenDeps): ScreenHandlers {
  const handlers: ScreenHandlers = {
    ...vaultHandlers(deps),
    ...siteHandlers(deps),
    ...requestHandlers(deps),
    ...recordHandlers(deps),
    ...grantHandlers(deps),
    ...billHandlers(deps),
    ...careHandlers(deps.broker.world),
  }
  return Object.fromEntries(
    Object.entries(handlers).map(([type, handler]) => [
      type,
      async (request: never) => {
        await deps.ready
        if (acts.has(type as UiMessage)) await deps.broker.world.vault.touch()
        return await (handler as (request: never) => Promise<unknown>)(request)
      },
    ]),
  ) as unknown as ScreenHandlers
}

type Part<P extends string> = Pick<UiHandlers, Extract<UiMessage, `${P}.${string}`>>

function vaultHandlers({ broker, relayStatus, startNode }: ScreenDeps): Part<'vault' | 'status'> {
  const { vault, log, network } = broker.world
  return {
    'status.get': async () => {
      const { state, at, dirty } = await broker.backup.note()
      return {
        vault: vault.state(),
        phraseConfirmed: vault.phraseConfirmed(),
        autoLockMinutes: vault.autoLockMinutes(),
        networkName: network.name,
        relay: await relayStatus(),
        // What has changed since the last backup is not saved yet.
        backup: { state: dirty && state === 'saved' ? 'saving' : state, at },
        waiting: await broker.waiting(),
      }
    },
    'vault.create': async ({ passphrase }) => {
      const words = await vault.create(passphrase)
      await log.append({
        event: 'vault-created',
        organization: null,
        text: 'You set up Carekey.',
        details: {},
      })
      broker.backup.mark()
      return { words }
    },
    'vault.reveal': async ({ passphrase }) => ({ words: await vault.reveal(passphrase) }),
    'vault.confirmPhrase': async ({ answers }) => ({ confirmed: await vault.confirmPhrase(answers) }),
    'vault.unlock': async ({ passphrase }) => {
      await vault.unlock(passphrase)
      return {}
    },
    'vault.lock': async () => {
      await vault.lock()
      return {}
    },
    'vault.restore': async ({ words, passphrase, relay }) => {
      await vault.restore(words, passphrase)
      await startNode()
      return await broker.backup.restore(relay)
    },
    'vault.exportIdentity': async ({ passphrase }) => {
      const identity = await vault.exportIdentity(passphrase)
      const text = 'You exported the key that opens your records.'
      await log.append({ event: 'exported', organization: null, text, details: {} })
      return { identity }
    },
    'vault.setAutoLock': async ({ minutes }) => {
      await vault.setAutoLock(minutes)
      return {}
    },
  }
}

function siteHandlers({ broker, sites }: ScreenDeps): Part<'site'> {
  const { world, limiter } = broker
  const view = async (site: SiteView): Promise<z.input<typeof siteViewSchema>> => {
    const { organization, origin } = site
    const blockedUntil = origin === null ? null : await limiter.blockedUntil(origin, world.now())
    if (!organization) return { ...site, organization: null, blockedUntil }
    // Locked, the connections cannot be read: the register's own copy is enough.
    const shown =
      world.vault.state() === 'unlocked'
        ? await organizationView(world, organization.id)
        : await world.registry.view(organization.id)
    return { ...site, organization: shown, blockedUntil }
  }
  return {
    'site.get': async ({ tabId }) => await view(await sites.get(tabId)),
    'site.invite': async ({ tabId }) => {
      const site = await sites.invite(tabId)
      if (site.origin) await limiter.forgive(site.origin)
      return await view(site)
    },
    'site.forgive': async ({ tabId }) => {
      const site = await sites.get(tabId)
      if (site.origin) await limiter.forgive(site.origin)
      return await view(site)
    },
    'site.remove': async ({ origin }) => {
      // First the page hears that the connection has ended: it cannot once its scripts are gone.
      for (const one of await leave(world, origin)) await sites.remove(one)
      world.changed()
      return {}
    },
  }
}

function requestHandlers({ broker }: ScreenDeps): Part<'requests' | 'inbox' | 'connections' | 'audit'> {
  const { world, queue } = broker
  return {
    'requests.list': async () => {
      const requests = (await queue.all()).sort((a, b) => a.receivedAt - b.receivedAt)
      const once = readOnce(world)
      return { requests: await Promise.all(requests.map((request) => requestView(once, request))) }
    },
    'requests.get': async ({ id }) => {
      const request = await queue.get(id)
      if (!request) throw new CarekeyError('not-found', 'This request is no longer there.')
      return await requestView(world, request)
    },
    'requests.decide': async ({ id, decision }) =>
      await requestView(readOnce(world), await broker.decide(id, decision)),
    'requests.retry': async ({ id }) => await requestView(world, await broker.retry(id)),
    'requests.open': async ({ id }) => {
      await world.openWindow(id)
      return {}
    },
    'inbox.check': async () => ({ found: await broker.checkInbox() }),
    'connections.list': async () => {
      const connections = await world.tables.connections.all()
      return {
        organizations: await Promise.all(connections.map((one) => organizationView(world, one.organization))),
      }
    },
    'audit.list': async () => ({ entries: await auditTrail(world) }),
  }
}

function recordHandlers({ broker }: ScreenDeps): Part<'records'> {
  const { world } = broker
  const find = async (commitment: Commitment): Promise<StoredRecord> => {
    const record = await world.tables.records.get(commitment)
    if (!record) throw new CarekeyError('record-missing', 'There is no such record.')
    return record
  }
  return {
    'records.list': async () => ({
      records: await recordViews(readOnce(world), await world.tables.records.all()),
    }),
    'records.read': async ({ commitment }) => {
      const { cid, fileKey, relay } = await find(commitment)
      const token = await tokenOr(broker, relay)
      const read = await world.node.call('node.read', { cid, fileKey, relay, token })
      const bytes = fromBase64(read.statement)
      if (commitmentOf(bytes) !== commitment) {
        throw new CarekeyError(
          'anchor-mismatch',
          'What was found is another record than the one that was saved.',
        )
      }
      return { statement: decodeStatement(bytes), summary: read.summary, issues: read.issues }
    },
    'records.standing': async ({ commitment }) => await recordStanding(world, await find(commitment)),
    'records.standings': async () => ({ standings: await recordStandings(world) }),
    'records.dispute': async ({ commitment, reason, words }) => {
      await dispute(world, commitment, reason, words.trim())
      return {}
    },
    'records.withdraw': async ({ commitment }) => {
      await withdraw(world, commitment)
      return {}
    },
    'records.export': async ({ commitment }) => {
      const { cid, fileKey, relay, statement } = await find(commitment)
      const storage = await world.vault.createStorageHeader()
      const { url } = await world.node.call('node.export', {
        cid,
        fileKey,
        header: toBase64(storage.header),
        exportKey: toBase64(storage.fileKey),
        relay,
        token: await tokenOr(broker, relay),
      })
      await world.log.append({
        event: 'exported',
        organization: statement.author,
        text: `You exported “${statement.title}”.`,
        details: { commitment },
      })
      return { url, filename: `${fileName(statement.title)}.age` }
    },
  }
}

/** The relay may be away: what is on this computer opens all the same, without a token. */
const tokenOr = ({ world }: Broker, relay: string) => ownerToken(world, relay).catch(() => '')

const fileName = (title: string): string =>
  title
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60) || 'record'

function billHandlers({ broker }: ScreenDeps): Part<'bills'> {
  const { world } = broker
  return {
    'bills.list': async () => await listBills(world),
    'bills.dispute': async ({ commitment, reason }) => {
      await dispute(world, commitment, reason)
      return {}
    },
  }
}

function grantHandlers({ broker }: ScreenDeps): Part<'grants'> {
  const { world } = broker
  return {
    'grants.list': async () => {
      const opened = await openings(world)
      const stored = (await world.tables.grants.all()).sort((a, b) => b.createdAt - a.createdAt)
      return {
        grants: await Promise.all(stored.map((one) => grantView(world, one, opened.get(one.grantId) ?? []))),
      }
    },
    'grants.replace': async ({ grantId, commitments, notAfter }) => {
      const next = await replaceGrant(world, grantId, { commitments, notAfter })
      return await grantView(world, next, [])
    },
    'grants.revoke': async ({ grantId }) => {
      const revoked = await revoke(world, grantId)
      return await grantView(world, revoked, (await openings(world)).get(grantId) ?? [])
    },
    'grants.export': async ({ grantId }) => await exportGrant(world, grantId),
  }
}
