import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Asset, Routes } from './web.ts'

/** Bundles a page's script (with `carekey/portal/page` in it) and serves it with its style and its documents. */
export async function pageRoutes(
  folder: URL,
  pages: Record<string, { entry: string; title: string; style: string }>,
): Promise<Routes> {
  const routes: Routes = {}
  for (const [path, { entry, title, style }] of Object.entries(pages)) {
    const name = entry.replace(/\.tsx$/, '')
    const script = await bundle(new URL(entry, folder))
    const css = await bundle(new URL(style, folder))
    routes[`GET /assets/${name}.js`] = () => ({ type: 'text/javascript', body: script }) satisfies Asset
    routes[`GET /assets/${style}`] = () => ({ type: 'text/css', body: css }) satisfies Asset
    routes[`GET ${path}`] = () =>
      ({ type: 'text/html', body: documentOf(title, name, style) }) satisfies Asset
  }
  return routes
}

async function bundle(entry: URL): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(entry)],
    bundle: true,
    // What is served under a name of its own is left to the browser.
    external: ['/assets/*'],
    write: false,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
  })
  const [script] = outputFiles
  if (!script) throw new Error(`Nothing came of ${entry}.`)
  return script.text
}

const documentOf = (title: string, name: string, style: string) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/${style}">
</head>
<body>
<div id="app"></div>
<noscript>This page needs JavaScript.</noscript>
<script type="module" src="/assets/${name}.js"></script>
</body>
</html>
`
