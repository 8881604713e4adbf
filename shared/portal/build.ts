// Builds what a hospital installs: dist/portal/{page,server}.js and their types, with every dependency inside.
// Only node-datachannel stays outside (native parts), and is optional: it is loaded when records come over WebRTC.

import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type BuildOptions, build } from 'esbuild'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'

const root = join(dirname(fileURLToPath(import.meta.url)), '../..')
const target = join(root, 'dist/portal')
const note = join(target, 'inputs.json')
const entries = { page: 'shared/portal/page.ts', server: 'shared/portal/server.ts' }
const nativePackages = ['node-datachannel', 'node-datachannel/*']

if (await isUpToDate()) {
  console.log('dist/portal is up to date')
} else {
  const startedAt = performance.now()
  const fresh = `${target}.${process.pid}`
  const inputs = await Promise.all([bundlePage(fresh), bundleServer(fresh), bundleTypes(fresh)])
  await writeNote(fresh, inputs.flat())
  await replace(fresh)
  console.log(`dist/portal built in ${Math.round(performance.now() - startedAt)} ms`)
}

/** A reader of the old build keeps it until the new one is whole; of two builders at once the first wins. */
async function replace(fresh: string): Promise<void> {
  await rm(target, { recursive: true, force: true })
  await rename(fresh, target).catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error
    await rm(fresh, { recursive: true, force: true })
  })
}

function bundlePage(directory: string): Promise<string[]> {
  return bundle(directory, {
    entryPoints: { page: entries.page },
    platform: 'browser',
    target: ['chrome120', 'firefox128', 'safari17'],
  })
}

function bundleServer(directory: string): Promise<string[]> {
  return bundle(directory, {
    entryPoints: { server: entries.server },
    platform: 'node',
    target: 'node22',
    splitting: true,
    chunkNames: 'server-[hash]',
    external: nativePackages,
    // Some dependencies are CommonJS and ask for Node's own modules by require.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  })
}

async function bundle(directory: string, options: BuildOptions): Promise<string[]> {
  const { metafile } = await build({
    ...options,
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    outdir: directory,
    metafile: true,
    legalComments: 'linked',
    logLevel: 'warning',
  })
  return Object.keys(metafile?.inputs ?? {})
}

/** One file of types an entry, with those of the dependencies inside: they resolve in an empty folder. */
async function bundleTypes(directory: string): Promise<string[]> {
  const bundled = await rollup({
    input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(root, path)])),
    external: isBuiltin,
    plugins: [dts({ tsconfig: join(root, 'tsconfig.json'), respectExternal: true })],
    onLog(_level, log) {
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message)
    },
  })
  await bundled.write({
    dir: directory,
    format: 'es',
    entryFileNames: '[name].d.ts',
    chunkFileNames: 'types-[hash].d.ts',
  })
  await bundled.close()
  return bundled.watchFiles.map((path) => relative(root, path))
}

async function isUpToDate(): Promise<boolean> {
  if (!existsSync(note)) return false
  const { files, digest } = JSON.parse(await readFile(note, 'utf8'))
  return files.every((path: string) => existsSync(join(root, path))) && (await digestOf(files)) === digest
}

async function writeNote(directory: string, inputs: string[]): Promise<void> {
  const own = inputs.filter((path) => !path.includes('node_modules') && existsSync(join(root, path)))
  const files = [...new Set([...own, 'package-lock.json', 'shared/portal/build.ts'])].sort()
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'inputs.json'), JSON.stringify({ files, digest: await digestOf(files) }))
}

async function digestOf(files: string[]): Promise<string> {
  const hash = createHash('sha256')
  for (const path of files) hash.update(path).update(await readFile(join(root, path)))
  return hash.digest('hex')
}
