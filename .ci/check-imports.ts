// Imports run one way (rules and their reasons: dependency-cruiser.cjs). Prints each offence with its fix.

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cruise, type ICruiseResult } from 'dependency-cruiser'
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config'

const rooms = ['shared', 'extension', 'relay', 'e2e', '.ci']
const { forbidden, options } = createRequire(import.meta.url)('./dependency-cruiser.cjs')

const { output } = await cruise(
  rooms.filter((room) => existsSync(room)),
  { ...options, ruleSet: { forbidden }, validate: true },
  undefined,
  {
    tsConfig: extractTSConfig('tsconfig.json'),
  },
)
const { summary, modules } = output as ICruiseResult

const fixes = new Map<string, string>(
  forbidden.map((rule: { name: string; comment: string }) => [rule.name, rule.comment]),
)
for (const { rule, from, to } of summary.violations) {
  console.error(`${from} -> ${to}\n    ${rule.name}: ${fixes.get(rule.name)}`)
}
// A resolver that understands no TypeScript finds no modules, and so no offence.
const unread = rooms.filter((room) => !modules.some((module) => module.source.startsWith(`${room}/`)))
if (unread.length > 0)
  console.error(`No module was read in ${unread.join(', ')}: the check would be blind there.`)

console.log(`${modules.length} modules, ${summary.violations.length} wrong imports`)
if (summary.violations.length > 0 || unread.length > 0) process.exitCode = 1
