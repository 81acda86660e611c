import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['./test/house/build-once.ts'],
    reporters: ['default', './test/house/plain-line-reporter.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What a page shows in the end is waited for; how fast it does is for the benchmarks.
    expect: { poll: { timeout: 15_000 } },
    pool: 'threads',
    // More than cores: browsers, servers and processes that a test waits for leave them idle.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
  },
});
