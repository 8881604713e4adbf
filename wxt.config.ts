import preact from '@preact/preset-vite'
import { defineConfig } from 'wxt'

/** Hosts on this machine, which the development build may reach over plain http. */
const loopback = ['http://localhost/*', 'http://127.0.0.1/*']

/** Keys, words and records never leave by a page of ours: no remote code, no frames, no forms to anywhere. */
function contentSecurityPolicy(development: boolean): string {
  const connect = ["'self'", 'https:', 'wss:']
  if (development) {
    connect.push('http://localhost:*', 'http://127.0.0.1:*', 'ws://localhost:*', 'ws://127.0.0.1:*')
  }
  return [
    "default-src 'none'",
    // Argon2id is our own WebAssembly.
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob: data:",
    "font-src 'self'",
    "frame-src 'self' blob:",
    `connect-src ${connect.join(' ')}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

// `wxt build` makes the build for patients; `--mode development` the one for demo hospitals on this machine.
export default defineConfig({
  srcDir: 'extension',
  publicDir: 'extension/public',
  outDir: '.output',
  imports: false,
  vite: () => ({ plugins: [preact()] }),
  manifest: ({ browser, mode }) => {
    const development = mode === 'development'
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
        ...(browser === 'firefox' ? [] : ['offscreen']),
      ],
      host_permissions: development ? loopback : [],
      optional_host_permissions: ['https://*/*'],
      action: { default_title: 'Carekey' },
      content_security_policy: { extension_pages: contentSecurityPolicy(development) },
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
