import { readFileSync } from 'node:fs'
import { createPortal } from 'carekey/portal/server'
import { letter, session, wish } from './hospital.ts'

const carekey = await createPortal(JSON.parse(readFileSync('portal.json', 'utf8')))
export const calls: Record<string, (body: unknown) => unknown> = {
  '/challenge': () => carekey.challenge(),
  '/connection': async (answer) => {
    const { patient, recipient, voucher } = await carekey.acceptConnection(answer)
    Object.assign(session, { patient, recipient })
    return { patient, voucher }
  },
  '/letter': () => carekey.offerDeposit({ ...session, document: letter }),
  '/request': () => carekey.requestAccess({ ...session, ...wish }),
  '/answer': async (answer) => {
    const decision = await carekey.acceptDecision(answer)
    if (decision.kind === 'decided') return decision.outcome
    const opened = await carekey.openGrant(decision.granted) // Everything, verified, or an error.
    await carekey.logAccess(opened)
    return opened.records.map(({ statement, content }) => `${statement.title}: ${content.length} bytes`)
  },
}
