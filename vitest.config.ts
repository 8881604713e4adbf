import { defineConfig } from 'vitest/config'
import { WxtVitest } from 'wxt/testing/vitest-plugin'

// Hardhat runs what lies in shared/contracts/test, Playwright the journeys (*.spec.ts).
const elsewhere = ['**/node_modules/**', '**/dist/**', 'shared/contracts/test/**', 'e2e/journeys/**']

export default defineConfig({
  test: {
    reporters: ['default'],
    slowTestThreshold: 15_000,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['{shared,relay,e2e,.ci}/**/*.test.{ts,tsx}'],
          exclude: elsewhere,
        },
      },
      {
        plugins: [WxtVitest()],
        test: {
          name: 'extension',
          environment: 'node',
          include: ['extension/**/*.test.{ts,tsx}'],
          exclude: elsewhere,
        },
      },
    ],
  },
})
