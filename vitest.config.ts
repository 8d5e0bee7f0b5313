import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These need a Chromium: npm run test:browser.
    exclude: [...configDefaults.exclude, 'test/**/*.browser.test.ts'],
    typecheck: { include: ['test/types/**/*.test-d.ts'], tsconfig: './tsconfig.json' },
    testTimeout: 20_000,
    pool: 'threads',
    maxWorkers: 2,
  },
});
