// Values of shared/protocol/provider.ts and messages.ts, written again: importing would bring all schemas into every page.
// provider.test.ts holds both together.
export const REQUEST_PROVIDER_EVENT = 'carekey:requestProvider'
export const ANNOUNCE_PROVIDER_EVENT = 'carekey:announceProvider'
export const PROVIDER_VERSION = '1'
export type ProviderEvent = 'grantsChanged' | 'disconnect'
export const messageMaxBytes = 64 * 1024
export const pendingMax = 32
/** How long the bridge waits before it connects again, and how often, when the background went away. */
export const reconnectMs = 200
export const reconnectMaxMs = 5_000
export const PROVIDER_PORT = 'carekey-provider'
