import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { routerParts } from '../src/router-parts.ts';
import { memory } from '../src/stores/memory.ts';
import { spooling } from '../src/stores/spool.ts';
import { testRuntime } from '../src/testing/test-runtime.ts';

const config = {
  models: { mini: { provider: 'openai', model: 'gpt-5-mini' } },
  features: { support: { candidates: ['mini'], failureCostUsd: 1 } },
} as const;

test('the configuration is checked before anything of the router is loaded or opened', () => {
  const wrong = { ...config, features: { support: { candidates: ['mni'], failureCostUsd: 1 } } };
  expect(() => routerParts(testRuntime(), wrong as never)).toThrow(expect.objectContaining({ code: 'unknown-model' }));
  const { config: resolved, intents } = routerParts(testRuntime(), config, { kept: 1 });
  expect([...resolved.features.keys()]).toEqual(['support']);
  for (const id of ['a', 'b']) intents.add(id, {}, 'made');
  expect([intents.get('a')?.options, intents.get('b')?.options]).toEqual([undefined, {}]);
});

test('a spool is accepted where there are files, and so is a store that already has its own spool', () => {
  const path = join(tmpdir(), 'never-opened.spool');
  expect(() => routerParts(testRuntime(), { ...config, spool: path })).not.toThrow();
  const store = spooling(memory(), { path, nowMs: () => 0, faulted: () => {} });
  expect(() => routerParts(testRuntime(), { ...config, store })).not.toThrow();
});
