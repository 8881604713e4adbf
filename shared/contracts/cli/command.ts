import { parseArgs } from 'node:util'
import { UsageError } from './failure.ts'
import type { Option } from './option.ts'

export type Options = Record<string, Option<unknown>>
export type ValuesOf<O extends Options> = {
  [K in keyof O]: O[K] extends Option<infer T> ? T : never
}

/** What a command answers: for programs, and for people. */
export interface Outcome {
  json: unknown
  text: string
}

/** One command of a program; its options are checked before it runs. */
export interface Command {
  summary: string
  options: Options
  run: (args: readonly string[], env: NodeJS.ProcessEnv) => Promise<Outcome>
}

/** Throws a `UsageError` that names the option, what stood there, and what must. `others` may stand there as well. */
export function readOptions<O extends Options>(
  options: O,
  args: readonly string[],
  others: Options = {},
): ValuesOf<O> {
  const given = parsed({ ...others, ...options }, args)
  const values = Object.entries(options).map(([name, { schema, mustBe, placeholder, kind }]) => {
    const value = given[name]
    const result = schema.safeParse(value)
    if (result.success) return [name, result.data]
    if (value === undefined) throw new UsageError(`--${name} ${placeholder} is missing.`)
    const wrong =
      kind === 'many' && Array.isArray(value) ? value[Number(result.error.issues[0]?.path[0])] : value
    throw new UsageError(`--${name} ${shortened(String(wrong))} is not ${mustBe}.`)
  })
  return Object.fromEntries(values) as ValuesOf<O>
}

function parsed(options: Options, args: readonly string[]): Record<string, unknown> {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { kind }]) => [
      name,
      { type: kind === 'flag' ? ('boolean' as const) : ('string' as const), multiple: kind === 'many' },
    ]),
  )
  try {
    return parseArgs({ args: [...args], options: config, strict: true, allowPositionals: false }).values
  } catch (error) {
    // Node's own texts name the option; its hint on `--` would mislead here.
    const message = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${message.split('. ')[0]?.replace(/\.$/, '')}.`)
  }
}

/** `--organization URI [--until DAY]`, what must be given first. */
export function usageOf(options: Options): string {
  const parts = Object.entries(options).map(([name, { kind, placeholder, schema }]) => {
    const written = `--${name}${placeholder ? ` ${placeholder}` : ''}${kind === 'many' ? ' …' : ''}`
    const isFree = schema.safeParse(undefined).success
    return { isFree, written: isFree ? `[${written}]` : written }
  })
  return [...parts.filter(({ isFree }) => !isFree), ...parts.filter(({ isFree }) => isFree)]
    .map(({ written }) => written)
    .join(' ')
}

const shownCharacters = 60
const shortened = (value: string) =>
  value.length > shownCharacters ? `${value.slice(0, shownCharacters)}…` : value
