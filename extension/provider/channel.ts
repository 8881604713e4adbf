/**
 * How the two halves in a page find each other: the provider asks by the first event, the bridge hands it one end of a
 * MessageChannel by the second, once. Whoever takes the port calls `preventDefault`.
 */
export const WANTED_EVENT = 'carekey:channelWanted'
export const CHANNEL_EVENT = 'carekey:channel'

/** Provider to bridge. Ids are random, so that nobody can guess a call in flight. */
export interface PageCall {
  id: string
  method: unknown
  params: unknown
}

/** Bridge to provider. */
export type PageMessage =
  | { id: string; result: unknown }
  | { id: string; error: { code: number; message: string; data: { reason: string } } }
  | { event: string }
