import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

/** The shipped knowledge is trained on once for all tests. */
const env = { GUOSHEN_CACHE_DIR: join(tmpdir(), 'guoshen-test-cache') }
/** What is waited for comes soon, but a machine may have much else to do. */
const expect = { poll: { timeout: 20_000 } }

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          env,
          expect,
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          testTimeout: 120_000,
          hookTimeout: 60_000,
          // On two cores vitest would leave one idle.
          maxWorkers: '100%',
        },
      },
      {
        test: {
          name: 'e2e',
          env,
          expect,
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: ['test/support/build-program.ts'],
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
