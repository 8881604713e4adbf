import { z } from 'zod'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { turns } from './queue/turns.ts'
import type { Registry } from './registry.ts'

// Which web sites see the provider: those of accredited organizations that the patient invited, and nobody else.

export interface SiteView {
  origin: string | null
  organization: Awaited<ReturnType<Registry['ownerOf']>>
  invited: boolean
}

/** What a browser must do for a site. */
export interface SiteBrowser {
  /** The origin of a tab's page, as far as the browser tells. */
  originOf(tabId: number): Promise<string | undefined>
  hasPermission(origin: string): Promise<boolean>
  dropPermission(origin: string): Promise<void>
  /** Content scripts for this origin from now on, kept by the browser over restarts. */
  register(origin: string): Promise<void>
  unregister(origin: string): Promise<void>
  registered(): Promise<string[]>
  /** Into the page that is open already. */
  inject(tabId: number): Promise<void>
  /** The open tabs whose pages the browser tells us of: those that we have permission for. */
  tabs(): Promise<{ tabId: number; origin: string }[]>
}

export interface InvitedStore {
  read(): Promise<unknown>
  write(origins: string[]): Promise<void>
}

export interface Sites {
  get(tabId: number): Promise<SiteView>
  /** After the patient's click, and after the browser's own question was answered with yes. */
  invite(tabId: number): Promise<SiteView>
  /**
   * The browser has allowed these match patterns. Finishes the invitation of the pages that are open, since Chrome may
   * close the popup, which asked, together with its question.
   */
  permitted(patterns: readonly string[]): Promise<void>
  remove(origin: string): Promise<void>
  isInvited(origin: string): Promise<boolean>
  /** An update of the extension makes the browser forget the content scripts: registers them again. */
  restore(): Promise<void>
}

/** A pattern of exactly this host: a permission for every site was not given with this one in mind. */
function isFor(pattern: string, origin: string): boolean {
  const { protocol, hostname } = new URL(origin)
  return pattern === `${protocol}//${hostname}/*`
}

const turn = 'sites'

export function sitesOf(
  registry: Registry,
  browser: SiteBrowser,
  store: InvitedStore,
  allowed: (origin: string) => boolean,
): Sites {
  // The browser refuses to register the same script twice, and the list of origins is read and written.
  const inTurn = turns()
  const invited = async () => {
    const parsed = z.array(z.string()).safeParse(await store.read())
    return parsed.success ? parsed.data : []
  }
  const view = async (tabId: number): Promise<SiteView> => {
    const origin = await browser.originOf(tabId)
    if (origin === undefined || !allowed(origin)) return { origin: null, organization: null, invited: false }
    return {
      origin,
      organization: await registry.ownerOf(origin),
      invited: (await invited()).includes(origin) && (await browser.hasPermission(origin)),
    }
  }
  const invite = async (tabId: number): Promise<SiteView> => {
    await registry.refresh().catch(() => undefined)
    const site = await view(tabId)
    if (site.origin === null) {
      throw new CarekeyError(
        'origin-refused',
        'Carekey works on the secure pages (https) of organizations only.',
      )
    }
    if (site.organization === null) {
      throw new CarekeyError('origin-not-registered', 'No accredited organization has this web site.')
    }
    const { standing } = await registry.view(site.organization.id)
    if (standing !== 'accredited') {
      throw new CarekeyError(
        `organization-${standing}`,
        'The health authority does not vouch for this organization at the moment.',
      )
    }
    if (!(await browser.hasPermission(site.origin))) {
      throw new CarekeyError(
        'origin-refused',
        'The browser has not been allowed to use Carekey on this site.',
      )
    }
    await browser.register(site.origin)
    await store.write([...new Set([...(await invited()), site.origin])])
    await browser.inject(tabId)
    return { ...site, invited: true }
  }

  return {
    get: view,
    invite: (tabId) => inTurn(turn, () => invite(tabId)),
    async permitted(patterns) {
      for (const { tabId, origin } of await browser.tabs()) {
        if (!patterns.some((pattern) => isFor(pattern, origin))) continue
        // One page that is no organization's, or is gone, keeps no other from its invitation.
        await inTurn(turn, () => invite(tabId)).catch(() => undefined)
      }
    },
    remove: (origin) =>
      inTurn(turn, async () => {
        await store.write((await invited()).filter((one) => one !== origin))
        await browser.unregister(origin)
        await browser.dropPermission(origin)
      }),
    isInvited: async (origin) => (await invited()).includes(origin),
    async restore() {
      const registered = await browser.registered()
      for (const origin of await invited()) {
        if (registered.includes(origin) || !(await browser.hasPermission(origin))) continue
        await browser.register(origin)
      }
    },
  }
}
