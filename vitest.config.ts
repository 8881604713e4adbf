import { defineConfig } from 'vitest/config'
import { WxtVitest } from 'wxt/testing/vitest-plugin'
import { objectStoreCredentials } from './relay/testing/object-store.ts'

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
          exclude: [...elsewhere, '**/*.shared.test.ts'],
        },
      },
      {
        test: {
          name: 'relay over PostgreSQL and S3',
          environment: 'node',
          include: ['relay/**/*.test.ts'],
          // The embedded engines' own tests, and campaigns over them.
          exclude: [
            ...elsewhere,
            'relay/backup/backup.test.ts',
            'relay/operations/operations.test.ts',
            'relay/storage/{storage,power-cuts}.test.ts',
            'relay/pinning/{model,regressions}.test.ts',
            'relay/sponsor/kills.test.ts',
          ],
          globalSetup: ['relay/testing/shared-storage.ts'],
          env: objectStoreCredentials,
          testTimeout: 40_000,
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
