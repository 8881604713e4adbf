import type { DatabaseSync } from 'node:sqlite'
import { createPortal, voteChoices } from 'carekey/portal/server'
import { z } from 'zod'
import { pageRoutes } from './assets.ts'
import { readConfig } from './config.ts'
import { openDatabase, sqliteStore } from './database.ts'
import { holdShares } from './emergencies.ts'
import { deskItems, isGood, reviewOf, reviewTables, saveChoice, takeReviews } from './reviews.ts'
import { run } from './run.ts'
import { sessions } from './session.ts'
import { Refused, type Routes, serve } from './web.ts'

/** A hospital that checks what others deposit: who sits there, and its page. */
export interface ReviewDesk {
  /** Its folder's name: `hartmoor`. */
  key: string
  title: string
  reviewer: string
  page: URL
  style: string
}

const voteSchema = z.object({ choice: z.enum(voteChoices) })

/** Serves a review desk until the process is told to end. */
export async function runReviewDesk({ key, title, reviewer, page, style }: ReviewDesk): Promise<void> {
  const config = readConfig(process.env)
  const database: DatabaseSync = openDatabase(config.data, `${key}.sqlite`, reviewTables)
  const carekey = await createPortal({ ...config.carekey, store: sqliteStore(database) })
  const desk = sessions(database, `${key}-desk`)

  const api: Routes = {
    'POST /api/session': (call) => desk.begin(call, reviewer),
    'DELETE /api/session': (call) => desk.end(call),
    /** Null for nobody: that is no error of a page that has just been opened. */
    'GET /api/desk': async (call) => {
      const who = desk.find(call)
      return who === undefined ? null : { reviewer: who, items: await deskItems(database, carekey) }
    },
    'POST /api/reviews/:id/vote': async (call) => {
      desk.require(call)
      const { id, review, statement, content } = reviewOf(database, call.path.id ?? '')
      if (!content) throw new Refused(409, 'Only what was read can be voted on.')
      const { choice } = voteSchema.parse(await call.json())
      await carekey.vote(review, choice)
      saveChoice(database, id, choice)
      if (choice === 'approve' && isGood({ statement, content })) await carekey.appraise(review)
    },
  }

  const stopping = new AbortController()
  let collecting: Promise<unknown> = Promise.resolve()
  let silent = false
  const timer = setInterval(() => {
    collecting = collecting
      .then(() => takeReviews(database, carekey, stopping.signal))
      .then(
        () => {
          silent = false
        },
        (error: unknown) => {
          // One line a break, not one a second.
          if (!silent && !stopping.signal.aborted) console.error('The inbox cannot be read:', error)
          silent = true
        },
      )
  }, config.pollMs)

  const shares = holdShares(carekey, config.pollMs)
  const pages = await pageRoutes(page, { '/': { entry: 'desk.tsx', title, style } })
  run(key, serve({ ...api, ...pages }), config.port, async () => {
    clearInterval(timer)
    stopping.abort()
    await collecting
    await shares.stop()
    await carekey.stop()
    database.close()
  })
}
