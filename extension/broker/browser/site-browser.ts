import { browser } from '../../browser.ts'
import type { SiteBrowser } from '../site.ts'

const bridgeFile = 'content-scripts/bridge.js'
const providerFile = 'provider.js'

/** Firefox knows no ports in match patterns; Chrome takes a pattern without one for every port. */
const patternOf = (origin: string, ports: boolean): string => {
  const { protocol, hostname, port } = new URL(origin)
  return `${protocol}//${hostname}${ports && port ? `:${port}` : ''}/*`
}

const idsOf = (origin: string) => ({ bridge: `bridge ${origin}`, provider: `provider ${origin}` })

/** What the browser does for `site.ts`. `ports`: whether its match patterns may name one. */
export function siteBrowser(ports: boolean): SiteBrowser {
  return {
    async originOf(tabId) {
      const { url } = await browser.tabs.get(tabId)
      return url === undefined || !URL.canParse(url) ? undefined : new URL(url).origin
    },
    hasPermission: (origin) => browser.permissions.contains({ origins: [patternOf(origin, false)] }),
    async dropPermission(origin) {
      // A development build holds loopback for good: the browser refuses, and nothing is lost.
      await browser.permissions.remove({ origins: [patternOf(origin, false)] }).catch(() => false)
    },
    async register(origin) {
      await unregister(origin)
      const ids = idsOf(origin)
      const every = {
        matches: [patternOf(origin, ports)],
        runAt: 'document_start' as const,
        allFrames: false,
        persistAcrossSessions: true,
      }
      await browser.scripting.registerContentScripts([
        { ...every, id: ids.bridge, js: [bridgeFile], world: 'ISOLATED' },
        { ...every, id: ids.provider, js: [providerFile], world: 'MAIN' },
      ])
    },
    unregister,
    async registered() {
      const scripts = await browser.scripting.getRegisteredContentScripts()
      return scripts.filter(({ id }) => id.startsWith('bridge ')).map(({ id }) => id.slice('bridge '.length))
    },
    async tabs() {
      const tabs = await browser.tabs.query({})
      return tabs.flatMap(({ id, url }) =>
        id === undefined || url === undefined || !URL.canParse(url)
          ? []
          : [{ tabId: id, origin: new URL(url).origin }],
      )
    },
    async inject(tabId) {
      const target = { tabId, frameIds: [0] }
      await browser.scripting.executeScript({ target, files: [bridgeFile], world: 'ISOLATED' })
      await browser.scripting.executeScript({ target, files: [providerFile], world: 'MAIN' })
    },
  }
}

async function unregister(origin: string): Promise<void> {
  const ids = Object.values(idsOf(origin))
  const known = (await browser.scripting.getRegisteredContentScripts()).map(({ id }) => id)
  const ours = ids.filter((id) => known.includes(id))
  if (ours.length > 0) await browser.scripting.unregisterContentScripts({ ids: ours })
}
