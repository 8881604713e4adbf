import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Network, networkSchema } from '../../protocol/network.ts'
import { UsageError } from './failure.ts'

/** A folder with one network file a chain, `<chain id>.json`: what relays, portals and the extension's build take. */
export const pathInBook = (book: string, chainId: number): string => join(book, `${chainId}.json`)

/** Null if there is no such file; throws if it is none of ours. */
export function readNetworkFile(path: string): Network | null {
  if (!existsSync(path)) return null
  let content: unknown
  try {
    content = JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    throw new UsageError(`${path} is not a network file: it holds no JSON.`)
  }
  const parsed = networkSchema.safeParse(content)
  if (parsed.success) return parsed.data
  const fields = [...new Set(parsed.error.issues.map((issue) => issue.path.join('.') || issue.message))]
  throw new UsageError(`${path} is not a network file. Look at: ${fields.join(', ')}.`)
}

/** Writes a network into the book. One that stood there is kept beside it, under the block of its deployment. */
export function writeIntoBook(book: string, network: Network): string {
  const path = pathInBook(book, network.chainId)
  mkdirSync(book, { recursive: true })
  const former = readNetworkFile(path)
  if (former) renameSync(path, join(book, `${network.chainId}.until-block-${network.deployedAtBlock}.json`))
  writeFileSync(path, `${JSON.stringify(network, null, 2)}\n`)
  return path
}
