import type { Channel, Reply } from './envelope.ts'

/**
 * Handlers served by this very context. A browser never delivers a runtime message to the context that sent it, and in
 * Firefox the node lives in the background's.
 */
export const handlersHere = new Map<Channel, (type: string, request: unknown) => Promise<Reply>>()
