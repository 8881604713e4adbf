// Small faults for the contracts, one at a time, found in the compiler's own syntax tree: what the tests must notice.
import { createRequire } from 'node:module'
import { z } from 'zod'

export interface Mutant {
  /** `Consents.sol:58 condition: word >> 192 != 0 → false`: stays the same while the line does. */
  name: string
  file: string
  kind: 'operator' | 'condition' | 'constant' | 'statement' | 'arguments' | 'assembly'
  /** Bytes of the source. */
  start: number
  end: number
  replacement: string
}

type Tree = { [field: string]: unknown } & { nodeType?: string; src?: string }

/** What each operator is mistaken for. */
const mistakes: Record<string, string> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '==': '!=',
  '!=': '==',
  '&&': '||',
  '||': '&&',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '<<': '>>',
  '>>': '<<',
  '|': '&',
  '&': '|',
  '^': '|',
  '%': '*',
  '++': '--',
  '--': '++',
  '+=': '-=',
  '-=': '+=',
}

const Output = z.object({
  errors: z.array(z.object({ severity: z.string(), formattedMessage: z.string() })).default([]),
  sources: z.record(z.string(), z.object({ ast: z.looseObject({}) })).default({}),
})

/** The syntax tree of each of these sources; `read` finds what they import. */
export function parse(files: readonly string[], read: (name: string) => string): Map<string, Tree> {
  const solc: {
    compile: (input: string, callbacks: { import: (name: string) => { contents: string } }) => string
  } = createRequire(import.meta.url)('solc')
  const input = {
    language: 'Solidity',
    sources: Object.fromEntries(files.map((file) => [file, { content: read(file) }])),
    settings: { outputSelection: { '*': { '': ['ast'] } } },
  }
  const callbacks = { import: (name: string) => ({ contents: read(name) }) }
  const output = Output.parse(JSON.parse(solc.compile(JSON.stringify(input), callbacks)))
  const errors = output.errors.filter(({ severity }) => severity === 'error')
  if (errors.length > 0) throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join('\n'))
  return new Map(files.map((file) => [file, output.sources[file]?.ast ?? {}]))
}

/** Every fault of one source, in its order. */
export function mutantsOf(file: string, source: string, ast: Tree): Mutant[] {
  const bytes = Buffer.from(source)
  const found: Mutant[] = []
  const text = (start: number, end: number) => bytes.subarray(start, end).toString()
  const add = (kind: Mutant['kind'], [start, end]: readonly [number, number], replacement: string) => {
    const line = text(0, start).split('\n').length
    const shown = text(start, end).replace(/\s+/g, ' ')
    const name = `${file}:${line} ${kind}: ${shown} → ${replacement.replace(/\s+/g, ' ') || 'nothing'}`
    found.push({ name, file, kind, start, end, replacement })
  }
  walk(ast, (node) => {
    const place = placeOf(node)
    if (!place) return
    for (const fault of faultsOf(node, text)) add(fault.kind, fault.place ?? place, fault.replacement)
  })
  return found
}

/** The source with the fault in it. */
export function applyMutant(source: string, { start, end, replacement }: Mutant): string {
  const bytes = Buffer.from(source)
  return `${bytes.subarray(0, start)}${replacement}${bytes.subarray(end)}`
}

interface Fault {
  kind: Mutant['kind']
  /** The node's own, if left out. */
  place?: readonly [number, number]
  replacement: string
}

type Text = (start: number, end: number) => string

function faultsOf(node: Tree, text: Text): Fault[] {
  switch (node.nodeType) {
    case 'BinaryOperation':
    case 'Assignment':
      return between(
        child(node, 'leftExpression') ?? child(node, 'leftHandSide'),
        child(node, 'rightExpression') ?? child(node, 'rightHandSide'),
        text,
      )
    case 'UnaryOperation':
      return unary(node, text)
    case 'IfStatement': {
      const place = placeOf(child(node, 'condition'))
      return place ? ['true', 'false'].map((replacement) => ({ kind: 'condition', place, replacement })) : []
    }
    case 'Literal':
      return literal(node, text)
    case 'ExpressionStatement':
    case 'EmitStatement':
      return [{ kind: 'statement', replacement: '' }]
    case 'FunctionCall':
      return swapped(node, text)
    case 'YulFunctionCall':
      return yulCall(node, text)
    case 'YulLiteral':
      return node.kind === 'number'
        ? [{ kind: 'assembly', replacement: String(BigInt(String(node.value)) + 1n) }]
        : []
    default:
      return []
  }
}

/** The operator stands somewhere between its two sides. */
function between(left: Tree | undefined, right: Tree | undefined, text: Text): Fault[] {
  const [from, to] = [placeOf(left)?.[1], placeOf(right)?.[0]]
  if (from === undefined || to === undefined) return []
  const gap = text(from, to)
  const [operator] = /[-+*/%<>=!&|^]+/.exec(gap) ?? []
  const mistake = operator && mistakes[operator]
  if (!operator || !mistake) return []
  const start = from + Buffer.byteLength(gap.slice(0, gap.indexOf(operator)))
  return [{ kind: 'operator', place: [start, start + operator.length], replacement: mistake }]
}

function unary(node: Tree, text: Text): Fault[] {
  const [whole, inner] = [placeOf(node), placeOf(child(node, 'subExpression'))]
  if (!whole || !inner) return []
  const operand = text(...inner)
  if (node.operator === '!') return [{ kind: 'operator', replacement: operand }]
  if (node.operator === 'delete') return []
  const mistake = mistakes[String(node.operator)]
  return mistake
    ? [{ kind: 'operator', replacement: node.prefix ? `${mistake}${operand}` : `${operand}${mistake}` }]
    : []
}

function literal(node: Tree, text: Text): Fault[] {
  const place = placeOf(node)
  if (!place) return []
  const written = text(...place)
  if (node.kind === 'bool') return [{ kind: 'constant', replacement: written === 'true' ? 'false' : 'true' }]
  if (node.kind === 'number') return [{ kind: 'constant', replacement: `(${written} + 1)` }]
  return node.kind === 'string' ? [{ kind: 'constant', replacement: `${written.slice(0, -1)}!"` }] : []
}

/** The first two neighbours of one type change places. */
function swapped(node: Tree, text: Text): Fault[] {
  const isNamed = Array.isArray(node.names) && node.names.length > 0
  const args = !isNamed && Array.isArray(node.arguments) ? (node.arguments as Tree[]) : []
  for (const [index, first] of args.entries()) {
    const second = args[index + 1]
    const [a, b] = [placeOf(first), placeOf(second)]
    if (!a || !b || typeOf(first) !== typeOf(second) || text(...a) === text(...b)) continue
    return [{ kind: 'arguments', place: [a[0], b[1]], replacement: `${text(...b)}, ${text(...a)}` }]
  }
  return []
}

const yulMistakes: Record<string, string> = {
  lt: 'gt',
  or: 'and',
  iszero: '',
  add: 'sub',
  shl: 'shr',
  shr: 'shl',
  eq: 'lt',
}

function yulCall(node: Tree, text: Text): Fault[] {
  const name = child(node, 'functionName')
  const place = placeOf(name)
  const mistake = place && yulMistakes[text(...place)]
  return place && mistake !== undefined ? [{ kind: 'assembly', place, replacement: mistake }] : []
}

const typeOf = (node: Tree | undefined) => child(node, 'typeDescriptions')?.typeString

const child = (node: Tree | undefined, field: string): Tree | undefined => {
  const value = node?.[field]
  return value && typeof value === 'object' ? (value as Tree) : undefined
}

function placeOf(node: Tree | undefined): [number, number] | undefined {
  const [, start, length] = /^(\d+):(\d+):/.exec(node?.src ?? '') ?? []
  return start && length ? [Number(start), Number(start) + Number(length)] : undefined
}

function walk(node: unknown, visit: (node: Tree) => void): void {
  if (Array.isArray(node)) for (const one of node) walk(one, visit)
  else if (node && typeof node === 'object') {
    // An assembly block says its tree twice: as it is, and as names that lead outside.
    const { externalReferences: _, documentation: __, ...rest } = node as Tree
    visit(rest)
    for (const value of Object.values(rest)) walk(value, visit)
  }
}
