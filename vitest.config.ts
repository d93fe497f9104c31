import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          // On two cores vitest would leave one idle.
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          setupFiles: ['test/support/check-logs.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // They wait more than they work: for polls, pauses and outages.
          maxWorkers: 3,
          // Real processes on a shared machine: one more try tells a hiccup from a fault.
          retry: 1,
        },
      },
    ],
  },
})
