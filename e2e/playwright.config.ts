import { defineConfig } from '@playwright/test'

const minute = 60_000

export default defineConfig({
  testDir: './journeys',
  testMatch: '*.spec.ts',
  // Each story has a stack of its own; two cores carry one at a time.
  workers: 1,
  timeout: 3 * minute,
  expect: { timeout: 15_000 },
  forbidOnly: true,
  retries: 0,
  reporter: 'list',
  outputDir: '../test-results',
})
