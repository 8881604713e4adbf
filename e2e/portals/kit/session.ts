import { randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { z } from 'zod'
import { rows } from './database.ts'
import { type Call, Refused } from './web.ts'

const whoSchema = z.object({ who: z.string() })

/** Who is signed in at this portal. The demonstration asks for no password: one chooses an account. */
export function sessions(database: DatabaseSync, cookie: string) {
  const find = (call: Call): string | undefined =>
    rows(database, whoSchema, 'SELECT who FROM session WHERE token = ?', call.cookies[cookie] ?? '')[0]?.who
  return {
    find,
    require(call: Call): string {
      const who = find(call)
      if (who === undefined) throw new Refused(401, 'Please sign in first.')
      return who
    },
    begin(call: Call, who: string): void {
      const token = randomBytes(24).toString('base64url')
      database.prepare('INSERT INTO session VALUES (?, ?)').run(token, who)
      call.setCookie(cookie, token)
    },
    end(call: Call): void {
      database.prepare('DELETE FROM session WHERE token = ?').run(call.cookies[cookie] ?? '')
      call.setCookie(cookie, '')
    },
  }
}
