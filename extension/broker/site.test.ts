import { describe, expect, it } from 'vitest'
import type { Organization } from '../../shared/contracts/organizations.ts'
import { allowedOrigin } from '../messaging/sender.ts'
import type { OrganizationView } from '../snapshots.ts'
import type { Registry } from './registry.ts'
import { type SiteBrowser, sitesOf } from './site.ts'
import { memoryItem } from './testing/memory.ts'

const origin = 'https://stbrigid.example'
const organization = {
  id: '0x1',
  name: 'St. Brigid Hospital',
  origins: [origin],
} as unknown as Organization & OrganizationView

function setting(url = origin, permitted = true, standing = 'accredited') {
  const scripts = new Set<string>()
  const injected: number[] = []
  const browser: SiteBrowser = {
    originOf: async () => url,
    hasPermission: async () => permitted,
    dropPermission: async () => undefined,
    register: async (site) => void scripts.add(site),
    unregister: async (site) => void scripts.delete(site),
    registered: async () => [...scripts],
    inject: async (tabId) => void injected.push(tabId),
    tabs: async () => [
      { tabId: 7, origin: url },
      { tabId: 8, origin: 'https://news.example' },
      { tabId: 9, origin: url },
    ],
  }
  const registry = {
    ownerOf: async (asked: string) => (asked === origin ? organization : null),
    view: async () => ({ ...organization, standing }),
    refresh: async () => undefined,
  } as unknown as Registry
  const store = memoryItem<unknown>(null)
  const sites = sitesOf(registry, browser, { read: store.read, write: store.write }, (one) =>
    allowedOrigin(one, false),
  )
  return { sites, scripts, injected }
}

describe('a site', () => {
  it('of an accredited organization is invited: scripts for this origin, and into the open page at once', async () => {
    const { sites, scripts, injected } = setting()
    expect(await sites.get(7)).toMatchObject({ origin, invited: false })
    expect(await sites.invite(7)).toMatchObject({ origin, invited: true })
    expect([...scripts]).toEqual([origin])
    expect(injected).toEqual([7])
    expect(await sites.isInvited(origin)).toBe(true)
  })

  const refusals: [string, string, string, boolean][] = [
    ['of nobody in the register', 'https://stbrigid.example.evil.example', 'origin-not-registered', true],
    ['that looks alike', 'https://stbrigid.examp1e', 'origin-not-registered', true],
    ['without https', 'http://stbrigid.example', 'origin-refused', true],
    ['on loopback in a build for patients', 'http://localhost', 'origin-refused', true],
    ['that the browser was not allowed', origin, 'origin-refused', false],
  ]
  for (const [what, url, reason, permitted] of refusals) {
    it(`${what} is not invited`, async () => {
      const { sites, scripts, injected } = setting(url, permitted)
      await expect(sites.invite(7)).rejects.toMatchObject({ reason })
      expect([...scripts]).toEqual([])
      expect(injected).toEqual([])
    })
  }

  for (const [standing, reason] of [
    ['suspended', 'organization-suspended'],
    ['expired', 'organization-expired'],
    ['unknown', 'organization-unknown'],
  ] as const) {
    it(`of an organization that is ${standing} is not invited`, async () => {
      const { sites, scripts, injected } = setting(origin, true, standing)
      await expect(sites.invite(7)).rejects.toMatchObject({ reason })
      expect([...scripts, ...injected]).toEqual([])
      expect(await sites.isInvited(origin)).toBe(false)
    })
  }

  it('is invited by the browser’s permission alone: the popup that asked may be closed by then', async () => {
    const { sites, scripts, injected } = setting()
    await sites.permitted([`${origin}/*`])
    expect(await sites.isInvited(origin)).toBe(true)
    expect([...scripts]).toEqual([origin])
    expect(injected).toEqual([7, 9])
  })

  it('is not invited by a permission for another site, or for every site', async () => {
    const { sites, scripts } = setting()
    await sites.permitted(['https://lindqvist.example/*', 'https://*/*', '<all_urls>'])
    expect([...scripts]).toEqual([])
    expect(await sites.isInvited(origin)).toBe(false)
  })

  it('is registered in turn when popup and permission invite it at once', async () => {
    const { sites, scripts } = setting()
    await Promise.all([sites.invite(7), sites.permitted([`${origin}/*`])])
    expect([...scripts]).toEqual([origin])
  })

  it('is forgotten when the patient removes it', async () => {
    const { sites, scripts } = setting()
    await sites.invite(7)
    await sites.remove(origin)
    expect([...scripts]).toEqual([])
    expect(await sites.isInvited(origin)).toBe(false)
  })

  it('gets its scripts back after an update, which makes the browser forget them', async () => {
    const { sites, scripts } = setting()
    await sites.invite(7)
    scripts.clear()
    await sites.restore()
    expect([...scripts]).toEqual([origin])
  })
})
