import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readProvenGrantState } from '../../shared/contracts/batches.ts'
import { readGranted } from '../../shared/contracts/events.ts'
import { newPatient, signTestGrant } from '../../shared/contracts/test-ledger.ts'
import { sponsoredStatusSchema } from '../../shared/protocol/relay-api.ts'
import { Client } from '../testing/client.ts'
import { freePort } from '../testing/free-port.ts'
import { startTestNetwork, type TestNetwork } from '../testing/network.ts'
import { signVoucher, sponsorAccount } from '../testing/relay-here.ts'
import { type RelayProcess, startRelayProcess } from '../testing/relay-process.ts'

// Threats, R18: the relay is killed at any moment between taking an act and seeing its receipt.

/** `CAREKEY_SPONSOR_KILLS=500` for the whole campaign; `CAREKEY_SEED` repeats its moments. */
const kills = Number(process.env.CAREKEY_SPONSOR_KILLS ?? 5)
const seed = process.env.CAREKEY_SEED ?? '1'
const longestMs = 1_500

let net: TestNetwork
beforeAll(async () => {
  net = await startTestNetwork()
})
afterAll(() => net?.stop())

/** After how long the life of that number ends. */
const momentOf = (life: number): number =>
  createHash('sha256').update(`${seed} ${life}`).digest().readUInt32BE(0) % longestMs

async function grantAct(batch: boolean) {
  const patient = newPatient()
  const scopeHash = `0x${randomBytes(32).toString('hex')}` as const
  const deadline = net.ledger.startedAt + 24 * 60 * 60
  const { id, ...signed } = await signTestGrant(net.ledger, patient, { scopeHash, deadline })
  const voucher = await signVoucher(net.ledger, net.ledger.lindqvist, patient.address)
  return { id, signed, act: { kind: 'grant' as const, ...signed, voucher, batch } }
}

it(
  'a relay that is killed brings each act to the ledger exactly once',
  async () => {
    const place = { dir: net.newDir(), port: await freePort(), wsPort: 0 }
    const environment = { RELAY_BATCH_WINDOW_SECONDS: '1', RELAY_BATCH_JITTER_SECONDS: '0' }
    const start = (): Promise<RelayProcess> => startRelayProcess(net, place, environment)
    const given: Awaited<ReturnType<typeof grantAct>>[] = []
    const { client } = net.ledger.ledger
    const before = await client.getTransactionCount({ address: sponsorAccount.address })
    for (let life = 0; life < kills; life += 1) {
      const acts = await Promise.all([grantAct(true), grantAct(true), grantAct(false), grantAct(false)])
      given.push(...acts)
      const relay = await start()
      const anonymous = new Client(relay.url, net.network)
      const posted = acts.map(({ act }) => anonymous.call('POST /sponsor', act).catch(() => null))
      await delay(momentOf(life))
      await relay.kill('SIGKILL')
      await Promise.all(posted)
    }
    const relay = await start()
    const anonymous = new Client(relay.url, net.network)
    const statusOf = async (act: unknown) =>
      (await anonymous.call('POST /sponsor', act)).json(sponsoredStatusSchema)
    try {
      const hashes = new Set<string | null>()
      for (const { act, id, signed } of given) {
        // Whoever got no answer brings it again: repeating is harmless.
        await statusOf(act)
        await expect.poll(async () => (await statusOf(act)).status, { timeout: 30_000 }).toBe('mined')
        const { transactionHash, batch } = await statusOf(act)
        hashes.add(transactionHash)
        const events = await readGranted(net.ledger.ledger, signed.grant.patient)
        expect(events.map(({ grant }) => grant)).toEqual(batch ? [] : [id])
        const state = await readProvenGrantState(net.ledger.ledger, { ...signed, batch })
        expect(state.grantedAt).toBeGreaterThan(0)
      }
      const sent = await client.getTransactionCount({ address: sponsorAccount.address })
      expect(sent - before).toBe(hashes.size)
    } finally {
      await relay.kill('SIGTERM')
    }
  },
  60_000 + kills * 20_000,
)
