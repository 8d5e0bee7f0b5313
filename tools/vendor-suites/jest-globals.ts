/** Globals that jest has and vitest lacks. */
import { vi } from 'vitest';

Object.assign(vi, {
  setTimeout: (testTimeout: number) => vi.setConfig({ testTimeout }),
  dontMock: vi.doUnmock,
  isolateModulesAsync: async (task: () => Promise<void>) => {
    vi.resetModules();
    await task();
  },
});
