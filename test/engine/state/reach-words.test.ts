import { expect, test } from 'vitest';
import type { ModelConfig } from '../../../src/config/application.ts';
import { endpointOf } from '../../../src/config/endpoint.ts';
import { outOfReach, reachNotes } from '../../../src/engine/state/reach-words.ts';

const modelOf = (name: string, more: Partial<ModelConfig>) => {
  const model: ModelConfig = { provider: 'openai', model: 'm', ...more };
  return { name, provider: model.provider, ...endpointOf(name, model) };
};

test('a feature whose candidates no client reaches all is told, with the option that would change it', () => {
  const candidates = [modelOf('mini', {}), modelOf('opus', { provider: 'anthropic' })] as never;
  expect(outOfReach({ name: 'f', candidates }).message).toMatch(/models\.opus\.apiKey.*models\.mini\.apiKey/s);
  expect(reachNotes({ candidates })).toHaveLength(3);
  const keyed = [modelOf('mini', {}), modelOf('opus', { provider: 'anthropic', apiKey: 'k' })] as never;
  expect(reachNotes({ candidates: keyed })).toEqual([
    "A client of the anthropic-messages API does not reach mini (models.mini.apiKey: it has no key of its own, and the client's is for another vendor).",
  ]);
});
