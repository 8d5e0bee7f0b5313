import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Else the processes that tests start would keep it in the folder for temporary files, and leave it there.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('node_modules/.cache/node-compile', import.meta.url));

/** The tests that tools/mutants.ts names for the room whose mutants it runs. */
export default defineConfig({
  test: {
    include: (process.env['MUTANT_TESTS'] ?? 'test/**/*.test.ts').split(','),
    exclude: ['test/**/*.browser.test.ts'],
    globalSetup: ['test/support/postgres-setup.ts'],
    setupFiles: ['test/support/own-temporary-folder.ts'],
    // Long, because a test that fails on a busy machine only for its time would count as one that noticed the mutant.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 30_000, interval: 10 } },
  },
});
