import { defineConfig } from 'vitest/config';

/** The pages in a real Chromium, which `npm ci` cannot bring: apart from `npm test`, and never skipped. */
export default defineConfig({
  test: {
    include: ['test/**/*.browser.test.ts'],
    setupFiles: ['test/support/own-temporary-folder.ts'],
    // Only for what hangs: a busy machine takes long to build the pages and to start the browser.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 120_000 } },
    pool: 'threads',
    maxWorkers: 2,
  },
});
