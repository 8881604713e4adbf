import { limits as wire } from '../protocol/limits.ts'

const thousand = 1_000

/** Numbers that bound a stranger's clinical document. */
export const limits = {
  documentMaxBytes: wire.recordMaxBytes,
  /** Nesting of objects and lists. The deepest real bundle seen (claims inside a transaction) has 15 levels. */
  documentMaxDepth: 64,
  resourcesMax: 50 * thousand,
  /** Bundles inside bundles. */
  nestedBundlesMax: 3,
  issuesMax: 200,
  titleMaxCharacters: wire.titleMaxCharacters,
  nameMaxCharacters: 200,
  noteMaxCharacters: 2 * thousand,
  narrativeMaxCharacters: 100 * thousand,
  rowsPerSectionMax: 1 * thousand,
  sectionsMax: 100,
  seriesMax: 100,
  pointsPerSeriesMax: 2 * thousand,
  /** Panels inside panels (`Observation.hasMember`). */
  panelMaxDepth: 4,
  /** Up to this many reports each get their own section; beyond, the newest value of every test is listed. */
  reportsShownWhole: 3,
  billsMax: 100,
  linesPerBillMax: 200,
} as const
