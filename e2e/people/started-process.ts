import { spawn } from 'node:child_process'

export interface StartedProcess {
  /** Everything that it has printed so far. */
  output: () => string
  stop: () => Promise<void>
}

const withinMs = 90_000
const askEveryMs = 50

/** Starts a command and waits until `isReady` says so of what it has printed. */
export async function startProcess(
  command: string,
  args: string[],
  options: { cwd: string; env?: Record<string, string> },
  isReady: (output: string) => boolean | Promise<boolean>,
): Promise<StartedProcess> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const keep = (chunk: Buffer) => {
    output += chunk.toString()
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    child.once('error', () => resolve())
  })
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
    await ended
  }
  const deadline = Date.now() + withinMs
  while (!(await isReady(output))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop()
      throw new Error(`${[command, ...args].join(' ')} did not become ready:\n${output}`)
    }
    await new Promise((resolve) => setTimeout(resolve, askEveryMs))
  }
  return { output: () => output, stop }
}
