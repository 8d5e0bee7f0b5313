import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { configDefaults, defineConfig } from 'vitest/config';

// The many processes that tests start compile our modules once in all, and the workers those of the SDKs.
process.env['NODE_COMPILE_CACHE'] ??= fileURLToPath(new URL('node_modules/.cache/node-compile', import.meta.url));

// Most code of a test runs a few times: the slower of the two optimizing compilers takes more time than its code saves, a tenth of all.
setFlagsFromString('--no-turbofan');

/**
 * Whole programs, fleets of processes and database servers of a test's own, which take seconds each. A test that needs only one process
 * for a moment is none.
 */
export const TRIALS: readonly string[] = [
  'test/examples.test.ts',
  'test/documentation-blocks.test.ts',
  'test/benchmarks/million.test.ts',
  'test/cli/main.test.ts',
  'test/cli/commands/init.test.ts',
  'test/exports/archive/killed-archiver.test.ts',
  'test/exports/archive/killed-eraser.test.ts',
  'test/fleet/fleet.test.ts',
  'test/outcomes/python.test.ts',
  'test/soak/soak.test.ts',
  'test/stores/kill-trials.test.ts',
  'test/stores/spool-writer.test.ts',
  'test/stores/sqlite-image.test.ts',
  'test/stores/postgres/bad-input.test.ts',
  'test/stores/postgres/pooled.test.ts',
  'test/stores/postgres/full-disk.test.ts',
  'test/stores/postgres/standby.test.ts',
];

const SEED = 'test/support/random-seed.ts';
const OWN_FOLDER = 'test/support/own-temporary-folder.ts';

// These need a Chromium: npm run test:browser.
const NO_PAGES = [...configDefaults.exclude, 'test/**/*.browser.test.ts'];

export default defineConfig({
  test: {
    globalSetup: ['test/support/postgres-setup.ts'],
    // Only for what hangs. A busy machine is no failure: no test is to judge time, nor to have a limit of its own.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    teardownTimeout: 60_000,
    // And what a test waits for may come late.
    expect: { poll: { timeout: 120_000, interval: 10 } },
    pool: 'threads',
    // The test files of a worker share its modules, which takes 40 % less time. No module may keep state of a test.
    isolate: false,
    maxWorkers: 2,
    // `npm test` and `npm run test:trials`. Without --project, vitest runs both.
    projects: [
      {
        extends: true,
        test: {
          name: 'tests',
          include: ['test/**/*.test.ts'],
          exclude: [...NO_PAGES, ...TRIALS],
          setupFiles: [SEED, 'test/support/temporary-files-in-memory.ts', OWN_FOLDER],
        },
      },
      {
        extends: true,
        test: { name: 'trials', include: [...TRIALS], exclude: NO_PAGES, setupFiles: [SEED, OWN_FOLDER] },
      },
      {
        test: {
          name: 'types',
          include: [],
          // With what they import. `npm run types` checks everything.
          typecheck: {
            enabled: true,
            only: true,
            include: ['test/types/**/*.test-d.ts'],
            tsconfig: './test/types/tsconfig.json',
          },
        },
      },
    ],
  },
});
