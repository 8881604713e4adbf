import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { buildExtension } from '../stack/extension.ts'
import { freePorts } from '../stack/ports.ts'
import { type Stack, startStack } from '../stack/stack.ts'
import { atStBrigid } from './hospital-visit.ts'
import { Patient } from './patient.ts'

/** What a story begins with: the stack, the extension built for it, and a patient. */
export interface Setting {
  stack: Stack
  /** Folder of the built extension. */
  extension: string
  patient: Patient
  end: () => Promise<void>
}

export const passphrase = 'seven green herons at dawn'

/** A setting of one's own in a new temporary folder. */
export async function startSetting(): Promise<Setting> {
  const dir = mkdtempSync(join(tmpdir(), 'carekey-story-'))
  const stack = await startStack({ dir, ports: await freePorts() })
  const extension = await buildExtension(stack.networkFile, join(dir, 'extension'))
  const patient = new Patient({ profile: join(dir, 'patient'), extension, passphrase })
  return {
    stack,
    extension,
    patient,
    end: async () => {
      await patient.closesBrowser()
      await stack.stop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** A patient with a Carekey who is signed in at St. Brigid Hospital and connected with it. Returns the hospital's page. */
export async function arrives({ stack, patient }: Pick<Setting, 'stack' | 'patient'>): Promise<Page> {
  await patient.opensBrowser()
  await patient.createsVault()
  await patient.checksWords()
  const portal = await patient.visits(stack.stBrigid.origin)
  await atStBrigid(portal).signIn('Elvina Lemke')
  await (await patient.invitesCarekeyTo(portal)).closes()
  await portal.bringToFront()
  const asked = await patient.isAsked(() => atStBrigid(portal).askToConnect())
  await asked.approves('Connect')
  await asked.seesOutcome('Connected with St. Brigid Hospital')
  await asked.closes()
  await atStBrigid(portal).seesConnected()
  return portal
}

/** The patient accepts one of the documents that St. Brigid Hospital has for them, and may let others check it. */
export async function accepts(
  patient: Patient,
  portal: Page,
  kind: 'laboratory' | 'medications' | 'history' | 'bill' | 'earlier-bill' | 'copies',
  { letReview = false } = {},
) {
  await portal.bringToFront()
  const asked = await patient.isAsked(() => atStBrigid(portal).sendDocument(kind))
  await asked.letsOthersCheck(letReview)
  await asked.approves('Accept')
  await asked.seesOutcome('Saved')
  await asked.closes()
  await atStBrigid(portal).seesDelivery(kind, 'saved')
}
