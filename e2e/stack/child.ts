import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

export interface ChildOptions {
  /** As people know it: `the relay`. */
  name: string
  script: string
  env: Record<string, string>
  /** Its output goes there. */
  logFile: string
  /** Answers 200 once the child is ready. */
  readyUrl: string
}

export interface Child {
  name: string
  process: ChildProcess
  /** SIGTERM, then waits; a second call waits too. */
  stop: () => Promise<void>
  /** As a crash would end it. */
  kill: () => Promise<void>
}

const readyWithinMs = 30_000
const askEveryMs = 50
const keptLines = 4

/** Starts one of our servers as a process of its own and waits until it answers. */
export async function startChild(options: ChildOptions): Promise<Child> {
  mkdirSync(dirname(options.logFile), { recursive: true })
  const log = createWriteStream(options.logFile, { flags: 'a' })
  const child = spawn(process.execPath, [options.script], {
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let tail = ''
  const keep = (chunk: Buffer) => {
    log.write(chunk)
    tail = (tail + chunk.toString()).split('\n').slice(-keptLines).join('\n')
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      log.end()
      resolve()
    })
  })
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    await ended
  }
  try {
    await untilReady(options, child, () => tail)
  } catch (error) {
    await end('SIGKILL')
    throw error
  }
  return { name: options.name, process: child, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') }
}

async function untilReady(options: ChildOptions, child: ChildProcess, tail: () => string): Promise<void> {
  const deadline = Date.now() + readyWithinMs
  while (Date.now() < deadline) {
    if (child.exitCode !== null) {
      throw new Error(
        `${options.name} ended with code ${child.exitCode}: ${tail().trim() || `see ${options.logFile}`}`,
      )
    }
    if (await answers(options.readyUrl)) return
    await new Promise((resolve) => setTimeout(resolve, askEveryMs))
  }
  throw new Error(
    `${options.name} did not answer within ${readyWithinMs / 1_000} seconds; see ${options.logFile}`,
  )
}

const answers = (url: string) =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  )
