import { z } from 'zod'

/** What a token may be used for; a sign-in asks for all of them unless it names fewer. */
export const scopes = ['pins', 'grants', 'staging', 'read', 'inbox', 'circuit', 'tokens'] as const
export type Scope = (typeof scopes)[number]

export const scopesSchema = z.array(z.enum(scopes)).min(1).max(scopes.length)
