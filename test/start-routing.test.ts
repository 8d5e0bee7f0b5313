import { expect, test } from 'vitest';
import { routerParts } from '../src/router-parts.ts';
import { startRouting } from '../src/start-routing.ts';
import { memory } from '../src/stores/memory.ts';
import { openaiChat } from '../src/wires/openai-chat.ts';
import { testRuntime } from '../src/testing/test-runtime.ts';

const config = {
  models: { mini: { provider: 'openai', model: 'gpt-5-mini' } },
  features: { support: { candidates: ['mini'], failureCostUsd: 1 } },
} as const;

test('the wires of the application come before those of the package, and a store that is this process’s own has no time limit', () => {
  const own = { ...openaiChat, name: 'own' };
  const store = memory();
  const { seam } = startRouting(routerParts(testRuntime(), { ...config, store, wires: [own] }));
  expect(seam.wires.map(({ name }) => name)).toEqual(['own', 'openai-chat', 'openai-responses', 'anthropic-messages']);
  expect(seam.engine.store).toBe(store);
});

test('a shared store gets a time limit, and a store without files gets no spool', async () => {
  const { isPrivate: _, ...shared } = memory();
  const { seam, close } = startRouting(routerParts(testRuntime(), { ...config, store: shared }));
  expect(seam.engine.store).not.toBe(shared);
  expect('drain' in seam.engine.store).toBe(false);
  await close();
});
