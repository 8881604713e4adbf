/** A demonstration organization: who it is, and the portal that it runs. */
export interface PortalEntry {
  name: string
  /** The URI under which the authority registers it. */
  identifier: string
  /** Its folder under `e2e/portals`; `server.ts` in it is started as a process of its own. */
  folder: string
  /** Where it listens unless its variable, such as `STACK_ST_BRIGID_PORT`, says another. */
  usualPort: number
  /** A page to point out beside the front page, and what it is. */
  desk?: { path: string; what: string }
  /** Whose deposits it checks, with the authority's approval. */
  supports?: readonly string[]
  /** Whether a newcomer's browser opens its front page. */
  isOnLanding?: boolean
}

/** Every portal of the demonstration, in the order in which they start. One more is one more entry. */
export const portals = {
  stBrigid: {
    name: 'St. Brigid Hospital',
    identifier: 'https://stbrigid.example',
    folder: 'st-brigid',
    usualPort: 8801,
    isOnLanding: true,
  },
  lindqvist: {
    name: 'Lindqvist Clinic',
    identifier: 'https://lindqvist.example',
    folder: 'lindqvist',
    usualPort: 8802,
    desk: { path: '/desk', what: 'a doctor’s desk' },
    isOnLanding: true,
  },
  hartmoor: {
    name: 'Hartmoor University Hospital',
    identifier: 'https://hartmoor.example',
    folder: 'hartmoor',
    usualPort: 8803,
    supports: ['stBrigid'],
  },
  riverside: {
    name: 'Riverside Regional Hospital',
    identifier: 'https://riverside.example',
    folder: 'riverside',
    usualPort: 8804,
    supports: ['stBrigid'],
  },
  harbourMutual: {
    name: 'Harbour Mutual',
    identifier: 'https://harbourmutual.example',
    folder: 'harbour-mutual',
    usualPort: 8811,
    desk: { path: '/office', what: 'an insurer’s billing office' },
  },
} as const satisfies Record<string, PortalEntry>

export type PortalKey = keyof typeof portals
export const portalKeys = Object.keys(portals) as PortalKey[]
export const portalOf = (key: PortalKey): PortalEntry => portals[key]

/** Who checks what a portal deposits. */
export const supportersOf = (key: PortalKey): PortalEntry[] =>
  portalKeys.map(portalOf).filter(({ supports }) => supports?.includes(key))

/** The same for each portal. */
export const forEachPortal = <T>(value: (key: PortalKey) => T): Record<PortalKey, T> =>
  Object.fromEntries(portalKeys.map((key) => [key, value(key)])) as Record<PortalKey, T>
