// `carekey/portal/server`: what a hospital's server imports. Node 22 or later.
export { CarekeyError, type Reason } from '../protocol/errors.ts'
export type { OpenedGrant } from './server/open-grant.ts'
export type { PortalOptions } from './server/options.ts'
export { createPortal, type Portal } from './server/portal.ts'
export type { OpenedRecord } from './server/record.ts'
export type { PatientDecision } from './server/requests.ts'
export { memoryStore, type PortalStore } from './server/store.ts'
