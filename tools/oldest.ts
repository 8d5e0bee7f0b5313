/**
 * The suite and the trials on the oldest Node the package supports (`engines.node`), whose binary comes with `npm ci`.
 * Arguments go to vitest: `npm run test:oldest -- test/core`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { OLDEST_NODE, run } from './run.ts';

if (!existsSync(OLDEST_NODE)) {
  console.error(`test:oldest needs ${OLDEST_NODE}, an optional dependency that exists for Linux on x64 only.`);
  process.exit(1);
}

run(OLDEST_NODE, [join('node_modules', 'vitest', 'vitest.mjs'), 'run', '--project=!types', ...process.argv.slice(2)], {
  // The oldest Node strips types only with this flag, which tests need that start a child process from source.
  env: { NODE_OPTIONS: '--experimental-strip-types --disable-warning=ExperimentalWarning' },
});
