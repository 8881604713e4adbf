// `npm run sandbox`: a ledger, a relay and an authority that accredits a developer's own origin.
//
//   npm run sandbox -- --origin http://127.0.0.1:3000 --name "My Hospital"

import { rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { privateKeyToAccount } from 'viem/accounts'
import { addressSchema, originSchema } from '../../shared/protocol/ids.ts'
import { buildExtension } from './extension.ts'
import { startFoundation } from './foundation.ts'
import { organizationKeys } from './keys.ts'
import { ensureAccredited } from './ledger.ts'
import { chosenPorts, freePorts, requireFree } from './ports.ts'
import { progressLine } from './progress.ts'

const usage = 'Usage: npm run sandbox -- [--origin http://127.0.0.1:3000] [--name "My Hospital"] [--reset]'

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      origin: { type: 'string', default: 'http://127.0.0.1:3000' },
      name: { type: 'string', default: 'My Hospital' },
      dir: { type: 'string', default: '.carekey/sandbox' },
      reset: { type: 'boolean', default: false },
      'free-ports': { type: 'boolean', default: false },
      'no-extension': { type: 'boolean', default: false },
    },
  })
  const origin = originSchema.safeParse(values.origin)
  if (!origin.success) throw new Error(`--origin ${values.origin} is not a web origin. ${usage}`)
  const dir = resolve(values.dir)
  if (values.reset) rmSync(dir, { recursive: true, force: true })
  const ports = values['free-ports'] ? await freePorts() : chosenPorts(process.env)
  const { ledger, relay, relayWebSocket } = ports
  await requireFree({ ledger, relay, relayWebSocket })
  const foundation = await startFoundation({ dir, ports, progress: progressLine })
  try {
    const keys = await organizationKeys(join(dir, 'organization-keys.json'))
    const identifier = `${origin.data}/`
    await ensureAccredited(foundation.authority, foundation.network, {
      name: values.name,
      identifier,
      signer: addressSchema.parse(privateKeyToAccount(keys.signingKey).address),
      recipient: keys.recipient,
      origins: [origin.data],
    })
    const file = join(dir, 'portal.json')
    const { signingKey, ageIdentity } = keys
    const organization = { identifier, signingKey, ageIdentity, origin: origin.data }
    writeFileSync(file, `${JSON.stringify({ network: foundation.network, organization }, null, 2)}\n`, {
      mode: 0o600,
    })
    let extension: string | undefined
    if (!values['no-extension']) {
      progressLine('Building the extension')
      extension = await buildExtension(foundation.networkFile, join(dir, 'extension'))
    }
    console.log(`\n${values.name} is accredited for ${origin.data}.`)
    console.log(`  createPortal(JSON.parse(readFileSync('${file}')))`)
    if (extension)
      console.log(`  Load the extension from ${extension} (chrome://extensions, "Load unpacked").`)
    console.log('Press Ctrl+C to end.')
    await new Promise<void>((done) => {
      process.once('SIGINT', () => done())
      process.once('SIGTERM', () => done())
    })
  } finally {
    await foundation.stop()
  }
}

main().catch((error: unknown) => {
  console.error(`carekey: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
})
