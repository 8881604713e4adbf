import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')

/** The fenced blocks between the marker and the next heading. */
function quoted(): string[] {
  const [, after = ''] = read('../../README.md').split('<!-- example -->')
  const [section = ''] = after.split(/^## /m)
  return [...section.matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, code = '']) => code)
}

describe('the example for a hospital’s developer', () => {
  const code = [read('./example/carekey.ts'), read('./example/page.js')]

  it('stands word for word in the README', () => {
    expect(quoted()).toEqual(code)
  })

  it('has under 40 lines', () => {
    const lines = code.flatMap((file) => file.trimEnd().split('\n'))
    expect(lines.length).toBeLessThan(40)
  })
})
