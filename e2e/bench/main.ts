// `npm run bench`: what Carekey costs beside what nobody can avoid. Each figure is a ratio of times of one run, so that
// it says something on any machine. The last line is one JSON object.

import { cpus, release, totalmem, type } from 'node:os'
import { progressLine } from '../stack/progress.ts'
import { type AccessFigures, measureAccess } from './access.ts'
import { measureSealing, type SealingFigures } from './sealing.ts'

const runs = { sealing: 5, access: 9 }
const GiB = 1024 ** 3
const MiB = 1024 ** 2
const sealedMiB = 64

const ms = (value: number) => `${value.toFixed(0)} ms`
const times = (value: number) => `${value.toFixed(2)} ×`

const row = (...cells: string[]) =>
  console.log(cells.map((cell, index) => (index === 0 ? cell.padEnd(34) : cell.padStart(12))).join(' '))

function showSealing({ ms: taken, timesTypage, timesWebCrypto }: SealingFigures): void {
  console.log(`\nSealing and opening ${sealedMiB} MiB (medians of ${runs.sealing} runs)`)
  row('', 'seal', 'open')
  for (const [way, name] of [
    ['carekey', 'Carekey'],
    ['typage', 'typage'],
    ['webcrypto', 'ChaCha20-Poly1305 of WebCrypto'],
  ] as const) {
    row(name, ms(taken[way].seal), ms(taken[way].open))
  }
  row('Carekey’s speed, of typage’s', times(timesTypage.seal), times(timesTypage.open))
  row('Carekey’s speed, of WebCrypto’s', times(timesWebCrypto.seal), times(timesWebCrypto.open))
}

function showAccess(figures: AccessFigures[]): void {
  const bytes = (figures[0]?.recordBytes ?? 0) / MiB
  console.log(`\nApprove to verified record, ${bytes.toFixed(2)} MiB (medians of ${runs.access} runs)`)
  row('blocks', ...figures.map(({ blocks }) => blocks))
  row('approve click to verified record', ...figures.map((one) => ms(one.ms.total)))
  row('  one ledger inclusion', ...figures.map((one) => ms(one.ms.inclusion)))
  row('  one HTTP fetch of the bytes', ...figures.map((one) => ms(one.ms.fetch)))
  row('  the cryptography alone', ...figures.map((one) => ms(one.ms.cryptography)))
  row('the whole, of the sum of its parts', ...figures.map(({ ratio }) => times(ratio)))
}

async function main(): Promise<void> {
  progressLine(`Sealing ${sealedMiB} MiB in Chromium`)
  const sealing = await measureSealing(runs.sealing)
  progressLine('Approving and opening records, on a stack of its own')
  const access = await measureAccess(runs.access)
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / GiB),
    system: `${type()} ${release()}`,
    node: process.version,
    chromium: sealing.browser,
  }
  showSealing(sealing)
  showAccess(access)
  console.log(`\n${Object.values(machine).join(' · ')}`)
  console.log(JSON.stringify({ machine, sealing, access }))
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
