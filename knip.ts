/** What knip cannot see for itself: where the outside comes in, and which packages are used without an import. */
import { readFileSync } from 'node:fs';
import type { KnipConfig } from 'knip';

const manifest = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8')) as {
  readonly exports: Readonly<Record<string, { readonly default?: string } | string>>;
};
const subpaths = Object.values(manifest.exports).flatMap(target =>
  typeof target === 'string' ? [] : (target.default ?? []),
);

const config: KnipConfig = {
  workspaces: {
    '.': {
      entry: [
        // The exports map points at dist; these are the sources it is built from.
        ...subpaths.map(built => built.replace('./dist/', 'src/').replace(/\.js$/, '.ts')),
        'tools/*.ts',
        'benchmarks/**/*.ts',
        'examples/**/*.ts',
        'test/**/*.test-d.ts',
        // Preloaded or spawned by tests, by path.
        'test/**/*.cjs',
        // Loaded by the vitest that tools/vendor-suites.ts starts, by path.
        'tools/vendor-suites/{vitest.config,mock-server,jest-globals,routing-class}.ts',
        // Named in the configuration that tools/mutants.ts writes.
        'vitest.mutants.config.ts',
      ],
      project: ['{src,test,tools,benchmarks,examples,ecosystem-tests}/**/*.{ts,tsx,cjs}'],
      // Tools of the system: a test writes to a FIFO, trials mount a small file system.
      ignoreBinaries: ['mkfifo', 'mount', 'umount'],
      ignoreDependencies: [
        // Started by tools/check-package.ts.
        'publint',
        '@arethetypeswrong/cli',
        // Started by tools/mutants.ts.
        '@stryker-mutator/core',
        '@stryker-mutator/vitest-runner',
        // Its file is read and put into a page under test.
        'axe-core',
      ],
    },
    // The browser loads site.js, on the pages of the site.
    'tools/site': { entry: ['site.js'] },
  },
  // A type that a file's own exports speak in is exported so that callers can name it.
  ignoreExportsUsedInFile: { interface: true, type: true },
};

export default config;
