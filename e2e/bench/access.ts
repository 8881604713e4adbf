import { setTimeout as pause } from 'node:timers/promises'
import { expect, type Page } from '@playwright/test'
import { createTestClient, http, publicActions } from 'viem'
import { readOptions } from '../../shared/portal/server/options.ts'
import { relaySession } from '../../shared/portal/server/relay-session.ts'
import { createPortal, type Portal } from '../../shared/portal/server.ts'
import type { CidText, GrantId } from '../../shared/protocol/ids.ts'
import { type GrantedAccess, grantedAccessSchema } from '../../shared/protocol/provider.ts'
import { type Answer, carekeyIn } from '../people/page-provider.ts'
import { accepts, arrives, type Setting, startSetting } from '../people/setting.ts'
import type { Stack } from '../stack/stack.ts'
import { cryptographyAlone } from './cryptography.ts'
import { median, timed } from './median.ts'

/** When the ledger makes a block: for each transaction at once, or every so many seconds as a consortium's does. */
export type Blocks = 'at once' | 'every 2 s'

export interface AccessFigures {
  blocks: Blocks
  recordBytes: number
  /** Medians, milliseconds. */
  ms: { total: number; inclusion: number; fetch: number; cryptography: number }
  /** The total over the sum of its parts; at most 2 is wanted. */
  ratio: number
}

interface Run {
  total: number
  inclusion: number
  fetch: number
  cryptography: number
}

const day = 24 * 60 * 60
const blockSeconds = 2
const pollMs = 10
const restWithinMs = 30_000

/** From the patient's click on Approve until the clinic's server holds the opened and verified record. */
export async function measureAccess(runs: number): Promise<AccessFigures[]> {
  const setting = await startSetting()
  try {
    await accepts(setting.patient, await arrives(setting), 'history')
    const clinic = await clinicOf(setting)
    const atOnce = await measure(clinic, 'at once', runs)
    const ledger = createTestClient({ mode: 'anvil', transport: http(setting.stack.network.rpcUrl) })
    await ledger.setIntervalMining({ interval: blockSeconds })
    return [await measure(clinic, 'every 2 s', runs), atOnce]
  } finally {
    await setting.end()
  }
}

interface Clinic {
  setting: Setting
  portal: Portal
  page: Page
  patient: string
  /** One plain request for a file's bytes under a grant. */
  get: (grant: GrantId, cid: CidText) => Promise<unknown>
}

/** Lindqvist Clinic's own server in this very process, and its page in the patient's browser, connected. */
async function clinicOf(setting: Setting): Promise<Clinic> {
  const { patient, stack } = setting
  const { identifier, origin, keys } = stack.lindqvist
  const { signingKey, ageIdentity } = keys
  const options = {
    network: stack.network,
    organization: { identifier, origin, signingKey, ageIdentity },
    transport: 'gateway',
  } as const
  const portal = await createPortal(options)
  const call = relaySession(await readOptions(options), stack.relayOrigin)
  const page = await patient.visits(origin)
  await (await patient.invitesCarekeyTo(page)).closes()
  const calls = async (params: unknown) => resultOf(await carekeyIn(page).calls('care_connect', params))
  await page.bringToFront()
  let connecting: Promise<unknown> | undefined
  const challenge = await portal.challenge()
  const asked = await patient.isAsked(async () => {
    connecting = calls(challenge)
  })
  await asked.approves('Connect')
  const connected = await portal.acceptConnection(await connecting)
  await asked.closes()
  await calls({ voucher: connected.voucher })
  return {
    setting,
    portal,
    page,
    patient: connected.patient,
    get: async (grant, cid) =>
      (await call(`/ipfs/${cid}?format=car`, { headers: { 'carekey-grant': grant } })).arrayBuffer(),
  }
}

async function measure(clinic: Clinic, blocks: Blocks, runs: number): Promise<AccessFigures> {
  const all: Run[] = []
  let recordBytes = 0
  // The first run only warms up.
  for (let run = 0; run <= runs; run++) {
    // Spread evenly over the time between two blocks: what a click waits for the next is luck.
    const one = await access(clinic, blocks, (run + 0.5) / (runs + 1))
    recordBytes = one.recordBytes
    if (run > 0) all.push(one.run)
  }
  const of = (part: keyof Run) => median(all.map((one) => one[part]))
  const ms = {
    total: of('total'),
    inclusion: of('inclusion'),
    fetch: of('fetch'),
    cryptography: of('cryptography'),
  }
  return { blocks, recordBytes, ms, ratio: ms.total / (ms.inclusion + ms.fetch + ms.cryptography) }
}

async function access(
  clinic: Clinic,
  blocks: Blocks,
  phase: number,
): Promise<{ run: Run; recordBytes: number }> {
  const { setting, portal, page, patient, get } = clinic
  const { stack } = setting
  const { id: _, ...signed } = await portal.requestAccess({
    patient,
    categories: ['documents'],
    lastYears: 100,
    purpose: 'TREAT',
    durationSeconds: day,
    reason: 'For your appointment.',
  })
  await page.bringToFront()
  let answering: Promise<Answer> | undefined
  const asked = await setting.patient.isAsked(async () => {
    answering = carekeyIn(page).calls('care_requestAccess', signed)
  })
  await noteClick(asked.page)
  // A person reads what is asked; by then the backup of what came before is done.
  await expect.poll(() => backupOf(setting.patient.app), { timeout: restWithinMs }).toBe('saved')
  if (blocks !== 'at once') await untilPhase(stack, phase)
  await asked.approves('Approve')
  // Beside the patient's own, so that both wait for the same block.
  const beside = blocks === 'at once' ? undefined : inclusion(stack)
  const decision = await portal.acceptDecision({ kind: 'granted', ...(resultOf(await answering) as object) })
  if (decision.kind !== 'granted') throw new Error('Nothing was granted.')
  const opened = await portal.openGrant(decision.granted)
  const total = performance.timeOrigin + performance.now() - (await clickOf(asked.page))
  await asked.closes()

  const [record] = opened.records
  if (!record?.verified.content || opened.records.length !== 1) throw new Error('Not the one record came.')
  const fetch = await timed(() => get(opened.grantId, record.cid))
  const granted: GrantedAccess = grantedAccessSchema.parse(decision.granted)
  const sealed = async (cid: CidText) => (await portal.fetchSealed({ grant: opened.grantId, cid })).bytes
  const bytes = { granted, manifest: await sealed(granted.manifest), record: await sealed(record.cid) }
  const cryptography = await timed(() => cryptographyAlone(stack.network, stack.lindqvist.keys, bytes))
  return {
    run: { total, fetch, cryptography, inclusion: await (beside ?? inclusion(stack)) },
    recordBytes: record.content.length,
  }
}

/** One transaction from being sent until it is in a block. */
const inclusion = ({ authority }: Stack): Promise<number> =>
  timed(async () => {
    const client = authority.extend(publicActions)
    const hash = await authority.sendTransaction({ to: authority.account.address })
    await client.waitForTransactionReceipt({ hash, pollingInterval: pollMs })
  })

/** Waits for the next block, and then for this part of the time until the one after it. */
async function untilPhase({ authority }: Stack, phase: number): Promise<void> {
  const client = authority.extend(publicActions)
  const last = await client.getBlockNumber({ cacheTime: 0 })
  while ((await client.getBlockNumber({ cacheTime: 0 })) === last) await pause(pollMs)
  await pause(phase * blockSeconds * 1_000)
}

/** As every screen of Carekey is told. */
const backupOf = (app: Page): Promise<string | undefined> =>
  app.evaluate(async () => {
    const { chrome } = globalThis as unknown as {
      chrome: {
        runtime: { sendMessage(call: object): Promise<{ response?: { backup: { state: string } } }> }
      }
    }
    const call = { carekey: 'ui', type: 'status.get', request: {} }
    return (await chrome.runtime.sendMessage(call)).response?.backup.state
  })

const noteClick = (window: Page) =>
  window.evaluate(() => {
    document.addEventListener('click', ({ timeStamp }) => {
      document.body.dataset.clickedAt = String(performance.timeOrigin + timeStamp)
    })
  })

const clickOf = async (window: Page) => Number(await window.evaluate(() => document.body.dataset.clickedAt))

function resultOf(answer: Answer | undefined): unknown {
  if (answer && answer !== 'absent' && 'result' in answer) return answer.result
  throw new Error(`Carekey gave no answer: ${JSON.stringify(answer)}`)
}
