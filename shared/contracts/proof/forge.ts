// Forge on the contracts' own tests. It wants sources and tests in two folders, so it gets copies of both; the compiler is
// the pinned one, and nothing is fetched.
import { spawn } from 'node:child_process'
import { lstat, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const room = join(import.meta.dirname, '..')
const root = join(room, '../..')

export type Profile = 'default' | 'quick'

/** A folder that forge runs in. */
export interface Workspace {
  dir: string
  profile: Profile
}

export interface Ended {
  code: number
  stdout: string
  stderr: string
}

export interface ForgeOptions {
  /** Settings by forge's own names, such as FOUNDRY_FUZZ_RUNS. */
  env?: Record<string, string>
  signal?: AbortSignal
}

/** Copies contracts and tests to `.carekey/forge/NAME`; what forge compiled there before is used again. */
export async function layOut(profile: Profile, name: string = profile): Promise<Workspace> {
  const dir = join(root, '.carekey/forge', name)
  await mkdir(dir, { recursive: true })
  await copySources(room, join(dir, 'src'), (text) => text)
  await copySources(join(room, 'interfaces'), join(dir, 'src/interfaces'), (text) => text)
  await copySources(join(room, 'test'), join(dir, 'test'), (text) =>
    text.replaceAll('from "../', 'from "../src/'),
  )
  await writeFile(join(dir, 'foundry.toml'), await readFile(join(import.meta.dirname, 'foundry.toml')))
  const modules = join(dir, 'node_modules')
  const isLinked = await lstat(modules).then(
    () => true,
    () => false,
  )
  if (!isLinked) await symlink(join(root, 'node_modules'), modules)
  return { dir, profile }
}

async function copySources(from: string, to: string, change: (text: string) => string): Promise<void> {
  await mkdir(to, { recursive: true })
  for (const file of await readdir(from)) {
    if (file.endsWith('.sol'))
      await writeFile(join(to, file), change(await readFile(join(from, file), 'utf8')))
  }
}

/** Runs forge to its end; its exit code says whether the tests passed. Rejects when it cannot be started or is aborted. */
export function forge(
  workspace: Workspace,
  args: readonly string[],
  { env, signal }: ForgeOptions = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const compiler = ['--use', join(import.meta.dirname, 'solc.ts')]
    const child = spawn(findForge(), [...args, '--root', workspace.dir, ...compiler], {
      cwd: workspace.dir,
      env: { ...process.env, FOUNDRY_PROFILE: workspace.profile, NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal,
    })
    const ended: Ended = { code: 1, stdout: '', stderr: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      ended.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      ended.stderr += text
    })
    child.once('error', (cause) =>
      reject(signal?.aborted ? cause : new Error('Forge could not be started: install Foundry.', { cause })),
    )
    child.once('close', (code) => resolve({ ...ended, code: code ?? 1 }))
  })
}

/** Compiles; throws with the compiler's words. */
export async function compile(workspace: Workspace, signal?: AbortSignal): Promise<void> {
  const { code, stdout, stderr } = await forge(workspace, ['build', '--quiet'], { signal })
  if (code !== 0) throw new Error(`Forge could not compile:\n${stdout}${stderr}`)
}

/** The packaged binary where there is one for this system, else the one on PATH. */
function findForge(): string {
  try {
    return createRequire(import.meta.url).resolve('@foundry-rs/forge-linux-amd64/bin/forge')
  } catch {
    return 'forge'
  }
}
