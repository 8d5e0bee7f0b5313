import { defineConfig } from 'vitest/config';

/** The tests that tools/mutants.ts names for the room whose mutants it runs. */
export default defineConfig({
  test: {
    include: (process.env['MUTANT_TESTS'] ?? 'test/**/*.test.ts').split(','),
    exclude: ['test/**/*.browser.test.ts'],
    testTimeout: 20_000,
  },
});
