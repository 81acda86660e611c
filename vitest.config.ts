import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['./test/house/build-once.ts'],
    reporters: ['default', './test/house/plain-line-reporter.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'threads',
    // All cores: the default leaves one of them idle.
    maxWorkers: '100%',
  },
});
