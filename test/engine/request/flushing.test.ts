import { expect, test } from 'vitest';
import { createRouterOn } from '../../../src/router.ts';
import { memory } from '../../../src/stores/memory.ts';
import { testRuntime } from '../../../src/testing/test-runtime.ts';

test('flush replays the spool before and after it writes the records in memory, and close does so last of all', async () => {
  const done: string[] = [];
  const kept = memory();
  const store = {
    ...kept,
    commitAll: async (...args: Parameters<typeof kept.commitAll>) => {
      done.push('write');
      return kept.commitAll(...args);
    },
    drain: async () => void done.push('drain'),
    close: async () => void done.push('close'),
  };
  const router = createRouterOn(testRuntime(), {
    models: { mini: { provider: 'other', model: 'm', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 1 } } },
    features: { f: { candidates: ['mini'], failureCostUsd: 1 } },
    store,
  });
  const call = async (): Promise<unknown> =>
    router.run('f', async () => ({ value: '', usage: { input: 1, output: 1 } }));
  await call();
  await router.flush();
  expect(done.filter((each, index) => each !== done[index - 1])).toEqual(['drain', 'write', 'drain']);
  done.length = 0;
  await call();
  await router.close();
  expect(done.at(-2)).toBe('drain');
  expect(done.at(-1)).toBe('close');
});
