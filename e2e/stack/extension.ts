import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Builds the development extension for one network into `outDir`; returns the folder that the browser loads. */
export async function buildExtension(networkFile: string, outDir: string): Promise<string> {
  const output: string[] = []
  const code = await new Promise<number | null>((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ['node_modules/wxt/bin/wxt.mjs', 'build', '--mode', 'development'],
      {
        cwd: root,
        env: { ...process.env, CAREKEY_NETWORK: networkFile, CAREKEY_OUT_DIR: outDir },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    )
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => output.push(chunk.toString()))
    child.once('error', reject)
    child.once('exit', resolve)
  })
  if (code !== 0) throw new Error(`The extension could not be built:\n${output.join('').trim()}`)
  return `${outDir}/chrome-mv3-dev`
}
