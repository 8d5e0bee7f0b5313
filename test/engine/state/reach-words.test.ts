import { expect, test } from 'vitest';
import type { ModelConfig } from '../../../src/config/application.ts';
import { endpointOf } from '../../../src/config/endpoint.ts';
import { outOfReach, reachNotes } from '../../../src/engine/state/reach-words.ts';

const modelOf = (name: string, more: Partial<ModelConfig>) => {
  const model: ModelConfig = { provider: 'openai', model: 'm', ...more };
  return { name, provider: model.provider, ...endpointOf(name, model) };
};

test('a feature with candidates that no client reaches is reported, with the option that would change it', () => {
  const candidates = [modelOf('mini', {}), modelOf('opus', { provider: 'anthropic' })] as never;
  expect(outOfReach({ name: 'f', candidates }).message).toMatch(/models\.opus\.apiKey.*models\.mini\.apiKey/s);
  expect(reachNotes({ candidates, isStateless: true })).toHaveLength(3);
  const keyed = [modelOf('mini', {}), modelOf('opus', { provider: 'anthropic', apiKey: 'k' })] as never;
  expect(reachNotes({ candidates: keyed, isStateless: true })).toEqual([
    "A client of the anthropic-messages API does not reach mini (models.mini.apiKey: it has no key of its own, and the client's is for another vendor).",
  ]);
});

test('the notes name every API of a vendor whose clients do not reach a candidate, whichever API the other candidates speak', () => {
  const local = modelOf('local', { baseURL: 'http://127.0.0.1:9/v1', api: 'openai-chat' });
  const candidates = [local, modelOf('opus', { provider: 'anthropic' })] as never;
  expect(reachNotes({ candidates, isStateless: true }).map(note => note.slice(0, 60))).toEqual([
    'A client of the openai-chat API does not reach opus (models.',
    'A client of the openai-responses API does not reach opus (mo',
  ]);
});

test('the note of a feature that is not stateless names the candidates that a client of responses reaches only with `store: false`', () => {
  const candidates = [
    modelOf('mini', { apiKey: 'k' }),
    modelOf('opus', { provider: 'anthropic', apiKey: 'k' }),
    modelOf('old', { apiKey: 'k', api: 'openai-chat' }),
  ] as never;
  expect(reachNotes({ candidates, isStateless: false })).toEqual([
    'A client of the openai-responses API reaches opus, old only with `store: false`, or with `stateless: true` of the feature.',
  ]);
  expect(reachNotes({ candidates, isStateless: true })).toEqual([]);
});
