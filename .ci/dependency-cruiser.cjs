// Which way imports run: crypto <- protocol <- {fhir, contracts} <- portal; shared <- extension; shared <- relay.
// Each rule says the fix, since that is what someone reads when it stops them.

const rooms = '(broker|consent|emergency|vault|records|node|provider)'

module.exports = {
  forbidden: [
    {
      name: 'crypto-imports-nothing-of-ours',
      comment:
        'shared/crypto takes bytes and returns bytes: pass in what it needs, or move the code up to shared/protocol.',
      severity: 'error',
      from: { path: '^shared/crypto/' },
      to: { path: '^(shared|extension|relay|e2e)/', pathNot: '^shared/crypto/' },
    },
    {
      name: 'protocol-imports-only-crypto',
      comment:
        'shared/protocol is the wire: move what needs more than shared/crypto to the room that uses it.',
      severity: 'error',
      from: { path: '^shared/protocol/' },
      to: { path: '^(shared|extension|relay|e2e)/', pathNot: '^shared/(crypto|protocol)/' },
    },
    {
      name: 'fhir-and-contracts-are-apart',
      comment:
        'shared/fhir and shared/contracts may use shared/crypto and shared/protocol only: let the caller join them.',
      severity: 'error',
      from: { path: '^shared/(fhir|contracts)/' },
      to: { path: '^(shared|extension|relay|e2e)/', pathNot: '^shared/(crypto|protocol|$1)/' },
    },
    {
      name: 'shared-knows-no-user',
      comment:
        'shared/ is used by extension and relay: move the code into shared/, or pass it in as an argument.',
      severity: 'error',
      from: { path: '^shared/' },
      to: { path: '^(extension|relay|e2e)/' },
    },
    {
      name: 'extension-and-relay-are-strangers',
      comment:
        'They meet on the wire only: put what both need into shared/protocol, shared/crypto or shared/contracts.',
      severity: 'error',
      from: { path: '^(extension|relay)/' },
      to: { path: '^(extension|relay)/', pathNot: '^$1/' },
    },
    {
      name: 'portal-is-for-hospitals',
      comment:
        'shared/portal is what a hospital imports: move the shared part into shared/protocol or shared/crypto.',
      severity: 'error',
      from: { path: '^(extension|relay)/' },
      to: { path: '^(shared|dist)/portal/' },
    },
    {
      name: 'product-knows-no-test-stack',
      comment: 'extension/ and relay/ must run without e2e/: move the code into the room that needs it.',
      severity: 'error',
      from: { path: '^(extension|relay)/' },
      to: { path: '^e2e/' },
    },
    {
      name: 'rooms-meet-in-messages',
      comment:
        'Send a message declared in extension/messages.ts; only an entrypoint may see two rooms at once.',
      severity: 'error',
      from: { path: `^extension/${rooms}/` },
      to: { path: `^extension/${rooms}/`, pathNot: '^extension/$1/' },
    },
    {
      name: 'only-entrypoints-see-rooms',
      comment:
        'Files beside the rooms are used by rooms, not the other way round: wire them in extension/entrypoints.',
      severity: 'error',
      from: { path: '^extension/', pathNot: `^extension/(entrypoints|${rooms})/` },
      to: { path: `^extension/${rooms}/` },
    },
    {
      name: 'nobody-imports-an-entrypoint',
      comment: 'Entrypoints are wiring: move what others need into its room.',
      severity: 'error',
      from: { pathNot: '^extension/entrypoints/' },
      to: { path: '^extension/entrypoints/' },
    },
    {
      name: 'one-door-to-the-browser',
      comment: 'Import { browser } from extension/browser.ts, the one place that imports the browser API.',
      severity: 'error',
      from: { path: '^(extension|shared|relay)/', pathNot: '^extension/browser\\.ts$' },
      to: {
        path: '(webextension-polyfill|/wxt/dist/browser|@wxt-dev/browser)',
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'demo-hospitals-are-strangers',
      comment:
        'A demo hospital uses what any hospital has: carekey/portal/page, carekey/portal/server, its own files, the data in e2e/data.',
      severity: 'error',
      from: { path: '^e2e/portals/' },
      to: { path: '^(shared|extension|relay|e2e|\\.ci)/', pathNot: '^e2e/(portals|data)/' },
    },
    {
      name: 'the-authority-is-no-portal',
      comment:
        'The demo authority reads the ledger as anybody can: shared/contracts, shared/protocol, its own files, the kit of the demo portals.',
      severity: 'error',
      from: { path: '^e2e/authority/' },
      to: {
        path: '^(shared|extension|relay|e2e|\\.ci)/',
        pathNot: '^(shared/(contracts|protocol)|e2e/(authority|portals/kit))/',
      },
    },
    {
      name: 'nobody-imports-the-authority',
      comment: 'It is a process of its own: start it, and talk to it over HTTP.',
      severity: 'error',
      from: { pathNot: '^e2e/authority/' },
      to: { path: '^e2e/authority/' },
    },
    {
      name: 'no-circle',
      comment: 'Two files that need each other are one file, or hide a third: move the common part out.',
      severity: 'error',
      from: { path: '^(shared|extension|relay|e2e)/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'everything-is-found',
      comment:
        'The import leads nowhere: correct the path (relative imports carry their extension), or add the package.',
      severity: 'error',
      from: { path: '^(shared|extension|relay|e2e|\\.ci)/' },
      // Vitest and Vite answer for these at run time.
      to: { couldNotResolve: true, pathNot: '(^virtual:|^/carekey\\.js$|\\?(worker|url|raw|inline)|^node:)' },
    },
  ],
  options: {
    doNotFollow: { path: '(node_modules|^dist)' },
    exclude: { path: '(^shared/contracts/(artifacts|cache)/|^\\.output|^\\.wxt)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'browser', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.json', '.css', '.d.ts'],
    },
  },
}
