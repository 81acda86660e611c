import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests that need modules of their own: a module is replaced there (`vi.mock`), for that file alone. */
const APART = ['test/browser/**/*.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['./test/house/build-once.ts'],
    reporters: ['default', './test/house/plain-line-reporter.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What a page shows in the end is waited for; how fast it does is for the benchmarks.
    expect: { poll: { timeout: 15_000 } },
    pool: 'threads',
    // More than cores: browsers, servers and processes that a test waits for leave them idle.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    projects: [
      { extends: true, test: { name: 'apart', include: APART } },
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: APART,
          // A thread reads and compiles the simulator once, and not again for each of hundreds of files.
          isolate: false,
        },
      },
    ],
  },
});
