/** Runs a vendor's own tests, jest's or vitest's, from source. `tools/vendor-suites.ts` says which, and how. */
import { join } from 'node:path';
import { env } from 'node:process';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import type { VendorName } from './vendors.ts';
import { VENDORS } from './vendors.ts';

const name = env['VENDOR'] as VendorName;
const mode = env['VENDOR_MODE'] ?? 'raw';
const folder = env['VENDOR_FOLDER'] ?? '';
const { packageName, clientClass, leftOut } = VENDORS[name];
const here = import.meta.dirname;

/** Every import of the client's class, by whatever path, gets one whose instances are routed. */
const replacedClient: Plugin = {
  name: 'replaced-client',
  enforce: 'pre',
  transform(code, id) {
    if (mode === 'raw' || id !== join(folder, 'src', 'client.ts')) return undefined;
    const file = JSON.stringify(join(here, 'routing-class.ts'));
    // The name of a declared class may be assigned; inside the class it still means the original.
    return `import { routingClass } from ${file};\n${code}\n${clientClass} = routingClass(${clientClass}, '${name}', '${mode}');`;
  },
};

/** jest's functions under vitest's names, because vitest hoists `mock` by its name. */
const jestToVitest: Plugin = {
  name: 'jest-to-vitest',
  enforce: 'pre',
  transform(code, id) {
    if (!id.startsWith(join(folder, 'tests'))) return undefined;
    return code
      .replaceAll(/(\bjest\.mock\([^,]+,\s*)\(\) => \{/g, '$1async () => {')
      .replaceAll('jest.requireActual(', 'await vi.importActual(')
      .replaceAll(/\bjest\b(?=\s*\.)/g, 'vi');
  },
};

export default defineConfig({
  plugins: [replacedClient, jestToVitest],
  resolve: {
    alias: [
      { find: new RegExp(`^${packageName}$`), replacement: join(folder, 'src/index.ts') },
      { find: new RegExp(`^${packageName}/(.*)$`), replacement: join(folder, 'src/$1') },
    ],
  },
  test: {
    globals: true,
    include: ['tests/**/*.test.ts'],
    exclude: [...leftOut],
    globalSetup: [join(here, 'mock-server.ts')],
    setupFiles: [join(here, 'jest-globals.ts')],
    // The cache on disk does not consider that the mode changes how a file is transformed.
    fsModuleCache: false,
    testTimeout: 30_000,
    maxWorkers: 2,
  },
});
