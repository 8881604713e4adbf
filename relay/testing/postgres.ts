import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import pg from 'pg'
import { freePort } from './free-port.ts'

export interface TestPostgres {
  /** Of its first database, as its owner. */
  url: string
  /** Ends it as a crash would, and starts it again. */
  crash: () => Promise<void>
  stop: () => Promise<void>
}

const upMs = 15_000
/** It refuses to run as root. */
const unprivileged = 'nobody'

/** A PostgreSQL of its own from this machine's packages. Throws, saying how to get it, when there is none. */
export async function startPostgres(): Promise<TestPostgres> {
  const bin = binaries()
  const dir = mkdtempSync(join(tmpdir(), 'carekey-postgres-'))
  const ids = process.getuid?.() === 0 ? idsOf(unprivileged) : null
  if (ids) chownSync(dir, ids.uid, ids.gid)
  const as = ids ?? {}
  const data = join(dir, 'data')
  execFileSync(join(bin, 'initdb'), ['-D', data, '-U', 'carekey', '-A', 'trust', '-E', 'UTF8', '--no-sync'], {
    ...as,
    cwd: dir,
    stdio: 'ignore',
  })
  const port = await freePort()
  const url = `postgres://carekey@127.0.0.1:${port}/postgres`
  const start = async () => {
    const options = [
      '-D',
      data,
      '-p',
      String(port),
      '-h',
      '127.0.0.1',
      '-k',
      dir,
      '-c',
      'max_connections=200',
    ]
    const child = spawn(join(bin, 'postgres'), options, { ...as, cwd: dir, stdio: 'ignore' })
    const exited = once(child, 'exit')
    const deadline = Date.now() + upMs
    while (!(await answers(url))) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error('PostgreSQL did not start.')
      await delay(50)
    }
    return async (signal: NodeJS.Signals) => {
      child.kill(signal)
      await exited
    }
  }
  let end = await start()
  return {
    url,
    crash: async () => {
      // https://www.postgresql.org/docs/current/server-shutdown.html: immediately, without writing anything more.
      await end('SIGQUIT')
      end = await start()
    },
    stop: async () => {
      await end('SIGINT')
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

function binaries(): string {
  const [newest] = existsSync('/usr/lib/postgresql')
    ? readdirSync('/usr/lib/postgresql')
        .sort((one, other) => Number(other) - Number(one))
        .map((version) => join('/usr/lib/postgresql', version, 'bin'))
        .filter((path) => existsSync(join(path, 'initdb')))
    : []
  if (newest) return newest
  const found = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' }).stdout?.trim()
  if (found) return found
  throw new Error('These tests need PostgreSQL (Debian: "apt-get install postgresql").')
}

function idsOf(user: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString })
  client.on('error', () => undefined)
  try {
    await client.connect()
    await client.end()
    return true
  } catch {
    return false
  }
}
