// `carekey/portal/page`: what a hospital's page imports. Browser only; no dependency but the extension itself.
export { CarekeyError, type Reason } from '../protocol/errors.ts'
export type { Carekey } from './page/carekey.ts'
export { findCarekey } from './page/find-carekey.ts'
export { CarekeyPageError } from './page/page-error.ts'
