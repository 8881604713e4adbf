import { readFileSync } from 'node:fs'
import preact from '@preact/preset-vite'
import { defineConfig } from 'wxt'
import { type Network, networkSchema } from './shared/protocol/network.ts'

// `wxt build` makes the build for patients, `--mode development` the one for demo hospitals on this machine.
// CAREKEY_NETWORK names the network.json to build in, CAREKEY_OUT_DIR another place than .output.

/** Hosts on this machine, which the development build may reach over plain http. */
const loopback = ['http://localhost/*', 'http://127.0.0.1/*']
const loopbackConnections = [
  'http://localhost:*',
  'http://127.0.0.1:*',
  'ws://localhost:*',
  'ws://127.0.0.1:*',
]

const network = readNetwork(process.env.CAREKEY_NETWORK)

function readNetwork(path: string | undefined): Network | undefined {
  return path ? networkSchema.parse(JSON.parse(readFileSync(path, 'utf8'))) : undefined
}

/** Where our pages may connect: the ledger, the relays of this network, and these relays' WebSockets. */
function connections({ rpcUrl, relays }: Network): string[] {
  const sockets = relays.map((relay) => {
    const { protocol, hostname } = new URL(relay)
    return `${protocol === 'https:' ? 'wss' : 'ws'}://${hostname}:*`
  })
  return [...new Set([new URL(rpcUrl).origin, ...relays, ...sockets])]
}

/** Keys, words and records never leave by a page of ours: no remote code, no frames, no forms to anywhere. */
function contentSecurityPolicy(isDevelopment: boolean): string {
  const connect = [
    "'self'",
    ...(network ? connections(network) : []),
    ...(isDevelopment ? loopbackConnections : []),
  ]
  return [
    "default-src 'none'",
    // Argon2id is our own WebAssembly.
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    `connect-src ${connect.join(' ')}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

export default defineConfig({
  srcDir: 'extension',
  publicDir: 'extension/public',
  outDir: process.env.CAREKEY_OUT_DIR ?? '.output',
  imports: false,
  vite: () => ({
    plugins: [preact()],
    define: network ? { __CAREKEY_NETWORK__: JSON.stringify(network) } : {},
    worker: { format: 'es' },
  }),
  manifest: ({ browser, mode }) => {
    const isDevelopment = mode === 'development'
    return {
      name: 'Carekey',
      short_name: 'Carekey',
      description: 'You hold the keys to your medical records, and you decide who reads them.',
      minimum_chrome_version: '137',
      permissions: [
        'activeTab',
        'alarms',
        'notifications',
        'scripting',
        'storage',
        'unlimitedStorage',
        ...(browser === 'firefox' ? [] : ['offscreen', 'sidePanel']),
      ],
      host_permissions: isDevelopment ? loopback : [],
      optional_host_permissions: ['https://*/*'],
      action: { default_title: 'Carekey' },
      content_security_policy: { extension_pages: contentSecurityPolicy(isDevelopment) },
      browser_specific_settings: {
        gecko: {
          id: 'carekey@carekey.example',
          strict_min_version: '140.0',
          data_collection_permissions: { required: ['none'] },
        },
      },
    }
  },
})
