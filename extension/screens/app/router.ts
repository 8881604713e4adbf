import { useEffect, useState } from 'preact/hooks'

export const sections = [
  'records',
  'bills',
  'sharing',
  'emergency',
  'activity',
  'requests',
  'settings',
] as const
export type Section = (typeof sections)[number]

export type Route =
  | { page: 'welcome' | 'restore' | 'activity' | 'requests' | 'settings' | 'bills' | 'carers' | 'caring' }
  | { page: 'records'; view: 'dates' | 'categories' }
  | { page: 'record'; id: string }
  | { page: 'sharing' }
  | { page: 'grant' | 'codes' | 'change'; id: string }
  | { page: 'emergency'; view: 'overview' | 'prepare' | 'card' }

/** The place that a hash names; what it does not know is the records. */
export function parseRoute(hash: string): Route {
  const [first, second, third] = hash.replace(/^#?\/?/, '').split('/')
  switch (first) {
    case 'welcome':
    case 'restore':
    case 'activity':
    case 'requests':
    case 'settings':
    case 'bills':
    case 'carers':
    case 'caring':
      return { page: first }
    case 'emergency':
      return { page: 'emergency', view: second === 'prepare' || second === 'card' ? second : 'overview' }
    case 'sharing':
      if (!second) return { page: 'sharing' }
      return { page: third === 'codes' || third === 'change' ? third : 'grant', id: second }
    case 'record':
      return second ? { page: 'record', id: second } : { page: 'records', view: 'dates' }
    default:
      return { page: 'records', view: second === 'categories' ? 'categories' : 'dates' }
  }
}

/** Which entry of the navigation a place belongs to. */
export function sectionOf({ page }: Route): Section {
  if (page === 'record') return 'records'
  if (page === 'carers' || page === 'caring') return 'settings'
  if (page === 'grant' || page === 'codes' || page === 'change') return 'sharing'
  return sections.find((section) => section === page) ?? 'records'
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const follow = () => setHash(location.hash)
    window.addEventListener('hashchange', follow)
    // The address may have changed between the first drawing and this moment, and nobody would have told.
    follow()
    return () => window.removeEventListener('hashchange', follow)
  }, [])
  return parseRoute(hash)
}

export const goTo = (path: string): void => {
  location.hash = path
}
