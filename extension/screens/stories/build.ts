import { basename, dirname, join } from 'node:path'
import { build, type Plugin } from 'esbuild'

const here = import.meta.dirname

/** The background and the browser are absent in a story: these two files stand in for them. */
const standIns: Record<string, string> = {
  'ask.ts': join(here, 'fake-ask.ts'),
  'platform.ts': join(here, 'fake-platform.ts'),
}

const replace: Plugin = {
  name: 'stand-ins',
  setup({ onResolve }) {
    onResolve({ filter: /\/(ask|platform)\.ts$/ }, ({ path, resolveDir }) => {
      const screens = dirname(here)
      const standIn = standIns[basename(path)]
      return join(resolveDir, path) === join(screens, basename(path)) && standIn ? { path: standIn } : null
    })
  },
}

/** Writes `screens` and `consent`, each as .js and .css. */
export async function buildStories(folder: string): Promise<void> {
  await build({
    entryPoints: {
      screens: join(here, 'main.tsx'),
      consent: join(here, '../../consent/stories/main.tsx'),
    },
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: 'chrome137',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
    plugins: [replace],
  })
}
