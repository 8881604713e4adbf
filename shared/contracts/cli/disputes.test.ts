import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { encodeDispute, readDispute } from '../disputes.ts'
import { submit } from '../submit.ts'
import { signTestDispute } from '../test-credits.ts'
import { newPatient, signTestAnchor, startTestLedger, type TestLedger } from '../test-ledger.ts'
import { runScript, storyMs, testKeys, writeTestNetwork } from './test-program.ts'

vi.setConfig({ testTimeout: storyMs })

let world: TestLedger
let dir: string
beforeAll(async () => {
  world = await startTestLedger()
  dir = mkdtempSync(join(tmpdir(), 'carekey-disputes-'))
  writeTestNetwork(join(dir, 'network.json'), world)
})
afterAll(async () => {
  await world.stop()
  rmSync(dir, { recursive: true, force: true })
})

const authority = (args: readonly string[], key: string = testKeys.admin) =>
  runScript('authority.ts', [...args, '--json'], {
    CAREKEY_NETWORK: join(dir, 'network.json'),
    CAREKEY_KEY: key,
  })

it('lists what a patient disputes and answers it once, as an adjudicator alone may', async () => {
  const patient = newPatient()
  const { anchor } = await signTestAnchor(world, patient, 'a letter')
  const { commitment } = anchor
  await submit(world.wallet, encodeDispute(world.deployed, await signTestDispute(world, patient, commitment)))
  const listed = JSON.parse((await authority(['disputes', '--open'])).stdout)
  expect(listed).toMatchObject([{ commitment, status: 'open', reason: 'not-correct' }])

  const which = ['--record', commitment, '--pseudonym', patient.address]
  const answer = ['resolve-dispute', ...which, '--answer', 'upheld', '--findings', 'Another patient’s.']
  expect((await authority(answer, testKeys.officer)).stderr).toMatch(/may not do this/)
  expect(JSON.parse((await authority(answer)).stdout)).toMatchObject({ outcome: 'done' })
  expect(await readDispute(world.ledger, anchor.subject, commitment)).toMatchObject({ status: 'upheld' })
  expect(JSON.parse((await authority(answer)).stdout)).toMatchObject({ outcome: 'unchanged' })
  expect(JSON.parse((await authority(['disputes', '--open'])).stdout)).toEqual([])
  const nobody = ['resolve-dispute', '--record', `0x${'7'.repeat(64)}`, '--pseudonym', patient.address]
  const unknown = await authority([...nobody, '--answer', 'upheld', '--findings', 'x'])
  expect(unknown.stderr).toMatch(/disputes no such record/)
})
