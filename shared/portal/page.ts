// `carekey/portal/page`: what a hospital's page imports. Browser only; no dependency but the extension itself.
export type { SignedAccessRequest } from '../protocol/access-request.ts'
export type { SignedChallenge, Voucher } from '../protocol/connection.ts'
export type { Reason } from '../protocol/errors.ts'
export type { DepositOffer } from '../protocol/provider.ts'
export type { Carekey } from './page/carekey.ts'
export { findCarekey } from './page/find-carekey.ts'
export { CarekeyPageError } from './page/page-error.ts'
