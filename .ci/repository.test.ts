import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import wxtConfig from '../wxt.config.ts'

const root = new URL('..', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const tracked = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(new URL(path, root)))
const textual = /\.(ts|tsx|mjs|cjs|js|sol|css|html|md|json|sh|yml|yaml|svg|patch)$/
const ownText = tracked.filter(
  (path) => textual.test(path) && path !== 'package-lock.json' && path !== '.ci/repository.test.ts',
)
const code = ownText.filter((path) => /\.(ts|tsx|mjs|cjs|sol|css)$/.test(path))

/** Every `path:line` of these files where the pattern stands. */
function findings(paths: string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    read(path)
      .split('\n')
      .flatMap((line, index) =>
        pattern.test(line) ? [`${path}:${index + 1} ${line.trim().slice(0, 100)}`] : [],
      ),
  )
}

const namesIn = (text: string, pattern: RegExp) =>
  [...new Set([...text.matchAll(pattern)].map(([, name]) => name))].sort()

describe('the repository', () => {
  it('is read whole', () => {
    expect(code.length).toBeGreaterThan(100)
  })

  it('has no file over 400 lines', () => {
    const long = code.map((path) => [path, read(path).trimEnd().split('\n').length] as const)
    expect(long.filter(([, lines]) => lines > 400)).toEqual([])
  })

  it('names no path of a machine, no registry and no issue number', () => {
    const outOfPlace =
      /(^|[\s'"`(=:])\/(work|root|home\/\w+|Users\/\w+)\/|https?:\/\/(registry|npm)\.|\bissues? #?\d/i
    expect(findings(ownText, outOfPlace)).toEqual([])
  })

  it('leaves nothing for later without saying so elsewhere', () => {
    expect(findings(code, /\b(TODO|FIXME|XXX|HACK)\b/)).toEqual([])
  })

  it('switches no check off', () => {
    expect(
      findings(code, /@ts-(ignore|nocheck|expect-error)|biome-ignore|eslint-disable|solhint-disable/),
    ).toEqual([])
  })

  it('reaches the browser through extension/browser.ts alone', () => {
    const inside = code.filter((path) => path.startsWith('extension/') && path !== 'extension/browser.ts')
    expect(findings(inside, /\bchrome\.[a-z]+[.[]|from 'webextension-polyfill'|from 'wxt\/browser'/)).toEqual(
      [],
    )
  })

  it('takes what it needs at exact versions, and gives who installs the portal nothing but the portal', () => {
    const manifest = JSON.parse(read('package.json'))
    expect(manifest.dependencies).toBeUndefined()
    expect(Object.keys(manifest.optionalDependencies)).toEqual(['node-datachannel'])
    const loose = Object.entries(manifest.devDependencies).filter(
      ([, version]) => !/^(npm:.*@)?\d/.test(String(version)),
    )
    expect(loose).toEqual([])
  })
})

describe('the README', () => {
  const readme = () => read('README.md')

  it('lists the settings that the relay reads, all of them and no others', () => {
    const setting = /\b((?:RELAY|LEDGER)_[A-Z_]+)\b/g
    expect(namesIn(readme(), setting)).toEqual(namesIn(read('relay/config.ts'), setting))
    const elsewhere = code.filter((path) => path.startsWith('relay/') && !/config(\.test)?\.ts$/.test(path))
    expect(findings(elsewhere, /process\.env\.(RELAY|LEDGER)/)).toEqual([])
  })

  it('explains each permission of the extension', async () => {
    const { manifest } = wxtConfig
    if (typeof manifest !== 'function') throw new Error('wxt.config.ts declares no manifest function')
    const chrome = { browser: 'chrome', mode: 'production', command: 'build', manifestVersion: 3 } as const
    const names: string[] = (await manifest(chrome)).permissions ?? []
    expect(names).toContain('storage')
    expect(names.filter((name) => !readme().includes(`\`${name}\``))).toEqual([])
  })

  it('names commands that exist', () => {
    const { scripts } = JSON.parse(read('package.json'))
    const named = namesIn(readme(), /npm run ([\w:-]+)/g)
    expect(named.filter((name) => name === undefined || !(name in scripts))).toEqual([])
  })
})
