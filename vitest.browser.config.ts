import { defineConfig } from 'vitest/config';

/** The pages in a real Chromium, which `npm ci` cannot bring: apart from `npm test`, and never skipped. */
export default defineConfig({
  test: {
    include: ['test/**/*.browser.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000 } },
    pool: 'threads',
    maxWorkers: 1,
  },
});
