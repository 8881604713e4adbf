import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from './free-port.ts'

export const bucket = 'carekey'

export interface TestObjectStore {
  endpoint: string
  /** Where it keeps its objects. */
  dir: string
  stop: () => Promise<void>
}

/** s3rver's own; known to everybody. */
export const objectStoreCredentials = {
  AWS_ACCESS_KEY_ID: 'S3RVER',
  AWS_SECRET_ACCESS_KEY: 'S3RVER',
} as const

const upMs = 10_000

/** A server that speaks S3, as a process of its own. */
export async function startObjectStore(): Promise<TestObjectStore> {
  const dir = mkdtempSync(join(tmpdir(), 'carekey-s3-'))
  const port = await freePort()
  const script = join(dirname(createRequire(import.meta.url).resolve('s3rver/package.json')), 'bin/s3rver.js')
  const options = [
    '--address',
    '127.0.0.1',
    '--port',
    String(port),
    '--directory',
    dir,
    '--configure-bucket',
    bucket,
  ]
  const child = spawn(process.execPath, [script, ...options, '--silent'], { stdio: 'ignore' })
  const exited = once(child, 'exit')
  const endpoint = `http://127.0.0.1:${port}`
  const deadline = Date.now() + upMs
  while (
    !(await fetch(endpoint).then(
      () => true,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error('The S3 server did not start.')
    await delay(50)
  }
  return {
    endpoint,
    dir,
    stop: async () => {
      child.kill('SIGTERM')
      await exited
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
