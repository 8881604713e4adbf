import { readlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { Patient } from './patient.ts'

/** Ends a patient's browser as a crash would: no page and no extension gets a word of it. */
export async function killBrowser(patient: Patient, profile: string): Promise<void> {
  // Chromium notes in its profile which process holds it: `host-pid`.
  const pid = Number(readlinkSync(join(profile, 'SingletonLock')).split('-').at(-1))
  if (!Number.isInteger(pid) || pid < 2) throw new Error(`No browser holds ${profile}.`)
  const closed = patient.browser.waitForEvent('close')
  process.kill(pid, 'SIGKILL')
  await closed
  await patient.closesBrowser()
}
