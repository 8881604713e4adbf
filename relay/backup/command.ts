import { parseArgs } from 'node:util'
import { ConfigError, readPlace } from '../config.ts'
import { BackupRefused } from './manifest.ts'
import { BackupDamaged } from './restore.ts'

const exitCodes = { failed: 1, settings: 2 } as const
const listedMax = 1_000

/** The folder of the embedded engines. @throws ConfigError where others have the data */
export function embeddedFolder(): string {
  const { dataDir, databaseUrl, blocks } = readPlace(process.env)
  if (databaseUrl !== null)
    throw new ConfigError('RELAY_DATABASE_URL: PostgreSQL is backed up by pg_dump (docs/operations.md).')
  if (blocks !== null)
    throw new ConfigError('RELAY_BLOCKS: an S3 store keeps versions of its own (docs/operations.md).')
  return dataDir
}

/** @throws ConfigError, with how it is used */
export function readOption(name: 'to' | 'from', usage: string): { dir: string; partly: boolean } {
  const { values } = parseArgs({ options: { [name]: { type: 'string' }, partly: { type: 'boolean' } } })
  const dir = values[name]
  if (typeof dir !== 'string' || dir === '') throw new ConfigError(usage)
  return { dir, partly: values.partly === true }
}

/** Runs it as a command: what the operator has to mend is told in words, with a list of blocks where some are lost. */
export async function runCommand(work: () => Promise<void>): Promise<void> {
  // Whatever is written, SQLite's own files too, is this user's alone.
  process.umask(0o077)
  try {
    await work()
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error))
    if (error instanceof BackupDamaged) {
      listLost(error.lost)
      console.error('Nothing was restored. --partly restores what is whole.')
    }
    const isUsage = error instanceof ConfigError || error instanceof TypeError
    process.exitCode = isUsage && !(error instanceof BackupRefused) ? exitCodes.settings : exitCodes.failed
  }
}

export function listLost(lost: readonly string[]): void {
  for (const name of lost.slice(0, listedMax)) console.error(`  ${name}`)
  if (lost.length > listedMax) console.error(`  and ${lost.length - listedMax} more`)
}
