import { spawn } from 'node:child_process'

/** One line a step, so that nobody waits before a silent screen. */
export const progressLine = (step: string) => console.log(`· ${step}`)

/** Compiles the contracts and builds the portal package; both are quick when nothing has changed. */
export async function buildParts(): Promise<void> {
  progressLine('Compiling the contracts')
  await runScript('shared/contracts/build.ts')
  progressLine('Building the portal package')
  await runScript('shared/portal/build.ts')
}

function runScript(script: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [script], { stdio: ['ignore', 'ignore', 'pipe'] })
    let errors = ''
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString()
    })
    child.once('error', reject)
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${script} failed:\n${errors.trim()}`)),
    )
  })
}
