import { createRequire } from 'node:module'
import { defineConfig } from 'hardhat/config'
import { solcSettings, solcVersion } from './compiler.ts'

const require = createRequire(import.meta.url)

// Seeded, so that a failure repeats. `campaign` holds the figures of docs/threats.md, `default` a hundredth of them.
const seed = '0x63617265'

export default defineConfig({
  paths: {
    sources: 'shared/contracts',
    tests: { solidity: 'shared/contracts/test' },
    artifacts: 'shared/contracts/artifacts',
    cache: 'shared/contracts/cache',
  },
  solidity: {
    profiles: {
      default: { version: solcVersion, path: require.resolve('solc/soljson.js'), settings: solcSettings },
    },
  },
  test: {
    solidity: {
      profiles: {
        default: {
          fuzz: { runs: 1_000, seed },
          invariant: { runs: 100, depth: 32, failOnRevert: true },
        },
        campaign: {
          fuzz: { runs: 100_000, seed },
          invariant: { runs: 10_000, depth: 32, failOnRevert: true },
        },
      },
    },
  },
})
