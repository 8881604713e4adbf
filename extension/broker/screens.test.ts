import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Organization } from '../../shared/contracts/organizations.ts'
import { type ScreenHandlers, screenHandlers } from './screens.ts'
import type { Sites } from './site.ts'
import type { Hospital } from './testing/hospital.ts'
import { connect, type Disk, type Life, newDisk, readyRequest, startLife } from './testing/life.ts'
import { reasonOf, type Setting, startSetting } from './testing/setting.ts'

let setting: Setting
let brigid: Hospital
let disk: Disk
let life: Life
let handlers: ScreenHandlers
let removed: string[]

beforeAll(async () => {
  setting = await startSetting()
  brigid = await setting.hospital('St. Brigid Hospital')
}, 60_000)
afterAll(() => setting.chain.stop())
beforeEach(() => {
  disk = newDisk(setting.relay)
  life = startLife(setting.chain, setting.relay, disk)
  removed = []
  const { origin } = brigid.organization
  const organization = async () => (await life.world.registry.ownerOf(origin)) as Organization
  const sites: Sites = {
    get: async () => ({ origin, organization: await organization(), invited: true }),
    invite: async () => ({ origin, organization: await organization(), invited: true }),
    permitted: async () => undefined,
    remove: async (one) => void removed.push(one),
    isInvited: async () => true,
    restore: async () => undefined,
  }
  handlers = screenHandlers({
    ready: Promise.resolve(),
    broker: life.broker,
    sites,
    relayStatus: async () => ({
      origin: 'https://relay.example',
      state: 'unknown',
      since: null,
      node: 'off',
    }),
    startNode: async () => undefined,
  })
})

describe('a hospital that is removed', () => {
  it('is disconnected: the connection has ended, and its page is told', async () => {
    await connect(life, brigid)
    const { origin, id } = brigid.organization
    await handlers['site.remove']({ origin })
    expect(removed).toEqual([origin])
    expect((await disk.tables.connections.get(id))?.disconnectedAt).not.toBeNull()
    expect(life.emitted).toContainEqual({ origin, event: 'disconnect' })
    const { organizations } = await handlers['connections.list']({})
    expect(organizations.map(({ id: one, connectedAt }) => [one, connectedAt])).toEqual([[id, null]])
  })

  it('is removed as well when it was never connected', async () => {
    await handlers['site.remove']({ origin: brigid.organization.origin })
    expect(removed).toEqual([brigid.organization.origin])
    expect(life.emitted).toEqual([])
  })
})

describe('a page that is not heard for a while', () => {
  it('is shown, and heard again as soon as the patient wants it', async () => {
    await connect(life, brigid)
    const page = { origin: brigid.organization.origin }
    const patient = await life.world.vault.pseudonym(brigid.organization.id)
    expect((await handlers['site.get']({ tabId: 1 })).blockedUntil).toBeNull()
    for (const _ of [1, 2, 3]) {
      const answer = life.call(page, 'care_requestAccess', await brigid.request(patient))
      await life.broker.decide((await readyRequest(life, 'access')).id, { outcome: 'decline' })
      expect(reasonOf(await answer)).toBe('declined')
    }
    const blocked = await life.call(page, 'care_requestAccess', await brigid.request(patient))
    expect(reasonOf(blocked)).toBe('request-limit')
    expect((await handlers['site.get']({ tabId: 1 })).blockedUntil).toBeGreaterThan(life.world.now())
    expect((await handlers['site.forgive']({ tabId: 1 })).blockedUntil).toBeNull()
    void life.call(page, 'care_requestAccess', await brigid.request(patient))
    await readyRequest(life, 'access')
  })
})
