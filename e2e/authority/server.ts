// The health authority: a public page of organizations and anonymous counts at /, the officers' desk at /office.
// A process of its own; what it needs is configured by environment variables (config.ts).

import { createWalletClient, defineChain, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { z } from 'zod'
import { openLedger, readHead } from '../../shared/contracts/ledger.ts'
import { submit } from '../../shared/contracts/submit.ts'
import { CarekeyError } from '../../shared/protocol/errors.ts'
import { organizationIdSchema } from '../../shared/protocol/ids.ts'
import { pageRoutes } from '../portals/kit/assets.ts'
import { run } from '../portals/kit/run.ts'
import { sessions } from '../portals/kit/session.ts'
import { Refused, type Routes, serve } from '../portals/kit/web.ts'
import { acts } from './acts.ts'
import { readConfig } from './config.ts'
import { openAuthority, saveFinding } from './database.ts'
import { type PublicView, readOfficeView, readOrganizationView, readPublicView } from './views.ts'

const config = readConfig(process.env)
const database = openAuthority(config.data)
const session = sessions(database, 'authority')
const ledger = openLedger(config.network)
const wallet = createWalletClient({
  account: privateKeyToAccount(config.key),
  chain: defineChain({
    id: config.network.chainId,
    name: config.network.name,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [config.network.rpcUrl] } },
  }),
  transport: http(config.network.rpcUrl),
})

/** Who may sign in here. The demonstration asks for no password: one chooses a name. */
const officers = ['Amara Okafor', 'Jonas Lind'] as const

/** What the public sees changes with each block, not with each visitor. */
let kept: { blockNumber: number; view: Promise<PublicView> } | undefined
async function publicView(): Promise<PublicView> {
  const { blockNumber } = await readHead(ledger)
  if (kept?.blockNumber !== blockNumber) {
    kept = { blockNumber, view: readPublicView(ledger, config.network) }
    kept.view.catch(() => {
      kept = undefined
    })
  }
  return kept.view
}

/** One after the other: two acts at once would take the same nonce. */
let lastAct: Promise<unknown> = Promise.resolve()
function inTurn<T>(act: () => Promise<T>): Promise<T> {
  const turn = lastAct.then(act, act)
  lastAct = turn.catch(() => undefined)
  return turn
}

const api: Routes = {
  'GET /api/public': publicView,
  'GET /api/organizations/:id': (call) => {
    const id = organizationIdSchema.safeParse(call.path.id)
    if (!id.success) throw new Refused(404, 'No organization is registered under this number.')
    return readOrganizationView(ledger, id.data)
  },
  'GET /api/officers': () => officers,
  'POST /api/session': async (call) => {
    session.begin(call, z.object({ who: z.enum(officers) }).parse(await call.json()).who)
  },
  'DELETE /api/session': (call) => session.end(call),
  /** Null for nobody: that is no error of a page that has just been opened. */
  'GET /api/office': async (call) => {
    const who = session.find(call)
    return who === undefined ? null : { who, ...(await readOfficeView(ledger)) }
  },
  'POST /api/acts/:act': async (call) => {
    const officer = session.require(call)
    const name = call.path.act ?? ''
    const make = Object.hasOwn(acts, name) ? acts[name] : undefined
    if (!make) throw new Refused(404, 'There is no such act.')
    const { call: act, file } = await make(ledger, await call.json())
    const { blockNumber, transactionHash } = await inTurn(() => submit(wallet, act))
    if (file) saveFinding(database, file, officer)
    return { blockNumber: Number(blockNumber), transactionHash }
  },
}

/** What the ledger refuses is said to the officer; the kit knows refusals of its own only. */
const explained = (routes: Routes): Routes =>
  Object.fromEntries(
    Object.entries(routes).map(([route, handle]) => [
      route,
      async (...args) => {
        try {
          return await handle(...args)
        } catch (error) {
          if (error instanceof CarekeyError) throw new Refused(error.httpStatus, sentenceOf(error))
          throw error
        }
      },
    ]),
  )

const sentences: Record<string, string> = {
  SignerTaken: 'This signing address belongs to another organization.',
  PractitionerSignerTaken: 'This signing address belongs to another practitioner.',
  OriginTaken: 'One of these portal addresses belongs to another organization.',
  AlreadyRegistered: 'An organization with this identifier is registered already.',
  PractitionerExists: 'A practitioner with this identifier is registered already.',
  MutualSupport: 'The two would vote on each other’s deposits: the ledger allows one direction only.',
  AlreadyApproved: 'This is approved already.',
}
const sentenceOf = ({ data, message }: CarekeyError) => sentences[String(data.error)] ?? message

const style = 'authority.css'
const pages = await pageRoutes(new URL('./page/', import.meta.url), {
  '/': { entry: 'explorer.tsx', title: 'Register of health organizations', style },
  '/office': { entry: 'office.tsx', title: 'Officers’ desk – Health Records Authority', style },
})

run('authority', serve({ ...explained(api), ...pages }), config.port, async () => {
  await lastAct
  database.close()
})
