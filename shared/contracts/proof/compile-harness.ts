import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Hex } from 'viem'
import { z } from 'zod'
import { solcSettings } from '../compiler.ts'

const room = join(import.meta.dirname, '..')
const require = createRequire(import.meta.url)

const Output = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).default([]),
  contracts: z
    .record(
      z.string(),
      z.record(z.string(), z.object({ evm: z.object({ bytecode: z.object({ object: z.string() }) }) })),
    )
    .default({}),
})

/** The creation code of a contract that only tests deploy, such as `test/SignatureCheck.sol`, compiled as ours are. */
export function compileHarness(file: string, contract: string): Hex {
  const solc: {
    compile: (input: string, callbacks: { import: (name: string) => { contents: string } }) => string
  } = require('solc')
  const read = (name: string) =>
    readFileSync(
      name.startsWith('solady/') || name.startsWith('@') ? require.resolve(name) : join(room, name),
      'utf8',
    )
  const input = {
    language: 'Solidity',
    sources: { [file]: { content: read(file) } },
    settings: { ...solcSettings, outputSelection: { [file]: { [contract]: ['evm.bytecode.object'] } } },
  }
  const output = Output.parse(
    JSON.parse(solc.compile(JSON.stringify(input), { import: (name) => ({ contents: read(name) }) })),
  )
  const code = output.contracts[file]?.[contract]?.evm.bytecode.object
  if (!code) throw new Error(output.errors.map(({ formattedMessage }) => formattedMessage).join('\n'))
  return `0x${code}`
}
