// `npm run consortium -- MEMBERS.json --out DIR`: writes genesis.json, static-nodes.json and compose.yaml. With
// `--from-block N --validators 0x…` the genesis hands over to the contract that elects validators, at that block.
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { addressSchema } from '../../protocol/ids.ts'
import {
  type Consortium,
  composeOf,
  consortiumSchema,
  electedFrom,
  genesisOf,
  staticNodesOf,
} from './genesis.ts'

const usage = 'npm run consortium -- MEMBERS.json --out DIR [--from-block N --validators 0x…]'

const handOverSchema = z
  .object({ 'from-block': z.coerce.number().int().positive(), validators: addressSchema })
  .transform(({ 'from-block': block, validators }) => ({ block, validators }))

/** The three files' texts. */
export function filesOf(
  consortium: Consortium,
  handOver?: z.infer<typeof handOverSchema>,
): Record<string, string> {
  const genesis = genesisOf(consortium)
  const written = handOver ? electedFrom(genesis, handOver.block, handOver.validators) : genesis
  return {
    'genesis.json': `${JSON.stringify(written, null, 2)}\n`,
    'static-nodes.json': `${JSON.stringify(staticNodesOf(consortium), null, 2)}\n`,
    'compose.yaml': composeOf(consortium),
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { out: { type: 'string' }, 'from-block': { type: 'string' }, validators: { type: 'string' } },
  })
  const [members] = positionals
  if (!members || !values.out) throw new Error(usage)
  const consortium = consortiumSchema.parse(JSON.parse(await readFile(members, 'utf8')))
  const handOver = values['from-block'] || values.validators ? handOverSchema.parse(values) : undefined
  await mkdir(values.out, { recursive: true })
  for (const [name, text] of Object.entries(filesOf(consortium, handOver))) {
    await writeFile(join(values.out, name), text)
    process.stdout.write(`${join(values.out, name)}\n`)
  }
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  })
}
