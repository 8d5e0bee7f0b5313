/** What knip cannot see for itself: where the outside comes in, and which packages are used without an import. */
import type { KnipConfig } from 'knip';

const config: KnipConfig = {
  workspaces: {
    '.': {
      entry: [
        // The exports map points at dist; these are the sources it is built from.
        'src/index.ts',
        'src/testing/index.ts',
        'src/stores/{memory,sqlite}.ts',
        'tools/*.ts',
        'benchmarks/**/*.ts',
        'examples/**/*.ts',
        'test/**/*.test-d.ts',
        // Preloaded or spawned by tests, by path.
        'test/**/*.cjs',
      ],
      project: ['{src,test,tools,benchmarks,examples}/**/*.{ts,tsx,cjs}'],
      ignoreDependencies: [
        // Started by tools/check-package.ts.
        'publint',
        '@arethetypeswrong/cli',
        // Linked by tools/smoke-package.ts in the place of the newest.
        'zod-oldest',
      ],
    },
  },
  // A type that a file's own exports speak in is exported so that callers can name it.
  ignoreExportsUsedInFile: { interface: true, type: true },
};

export default config;
