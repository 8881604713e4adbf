#!/usr/bin/env node
// What forge takes for a solc: the pinned compiler of the `solc` package, so that nothing is fetched and every tool
// compiles with the same one.
import { readFileSync, writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { solcVersion } from '../compiler.ts'

const standardInput = 0
const standardOutput = 1

/** A pipe takes as much as it has room for. */
function print(text: string): void {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length; ) written += writeSync(standardOutput, bytes, written)
}

function compile(input: string): string {
  const solc: { version: () => string; compile: (input: string) => string } = createRequire(import.meta.url)(
    'solc',
  )
  if (!solc.version().startsWith(`${solcVersion}+`)) {
    throw new Error(`The solc package is ${solc.version()}, wanted ${solcVersion}: run npm ci.`)
  }
  return solc.compile(input)
}

// Forge asks for the version at every start: loading the compiler for that would take longer than most tests.
if (process.argv.includes('--version')) print(`solc, the solidity compiler\nVersion: ${solcVersion}\n`)
else print(compile(readFileSync(standardInput, 'utf8')))
