import { expect, test } from 'vitest';
import { clientApi, clientsOf, outOfReach, reachNotes, reachOf } from '../../../src/engine/state/reach.ts';
import type { ModelConfig } from '../../../src/config/application.ts';
import { endpointOf } from '../../../src/config/endpoint.ts';
import { anthropicMessages } from '../../../src/wires/anthropic-messages.ts';
import { openaiChat } from '../../../src/wires/openai-chat.ts';

const chat = clientApi(openaiChat);
const reach = (more: Partial<ModelConfig>, client = chat) => {
  const model: ModelConfig = { provider: 'openai', model: 'm', ...more };
  return reachOf({ name: 'a', provider: model.provider, ...endpointOf('a', model) }, client);
};

test('a model is reached by its own API, or by translation where it has a key or is of the client’s vendor', () => {
  expect(reach({})).toEqual({ kind: 'native' });
  expect(reach({ api: 'openai-responses' })).toEqual({ kind: 'translated' });
  expect(reach({ provider: 'anthropic', apiKey: 'k' })).toEqual({ kind: 'translated' });
  expect(reach({ provider: 'anthropic', baseURL: 'http://localhost:1' })).toEqual({ kind: 'translated' });
  expect(reach({}, clientApi(anthropicMessages))).toMatchObject({ kind: 'none', path: 'models.a.apiKey' });
});

test('an API of the application’s own is translated in neither direction', () => {
  const own = clientApi({ name: 'mine', provider: 'openai' });
  expect(own).toEqual({ provider: 'openai' });
  expect(reach({}, own)).toEqual({ kind: 'native' });
  expect(reach({ provider: 'anthropic', apiKey: 'k' }, own)).toMatchObject({ kind: 'none', path: 'wires' });
  expect(reach({ provider: 'other', baseURL: 'http://localhost:1' })).toMatchObject({
    kind: 'none',
    path: 'models.a.provider',
  });
});

const modelOf = (name: string, more: Partial<ModelConfig>) => {
  const model: ModelConfig = { provider: 'openai', model: 'm', ...more };
  return { name, provider: model.provider, ...endpointOf(name, model) };
};

test('a plan is reached by the clients that reach all its models', () => {
  const mini = modelOf('mini', {});
  expect(clientsOf([mini])).toEqual(['openai-chat', 'openai-responses']);
  expect(clientsOf([mini, modelOf('opus', { provider: 'anthropic' })])).toEqual([]);
  const opus = modelOf('opus', { provider: 'anthropic', apiKey: 'k' });
  expect(clientsOf([mini, opus])).toEqual(['openai-chat', 'openai-responses']);
  expect(clientsOf([modelOf('mini', { apiKey: 'k' }), opus])).toEqual([
    'openai-chat',
    'openai-responses',
    'anthropic-messages',
  ]);
});

test('a feature whose candidates no client reaches all is told, with the option that would change it', () => {
  const candidates = [modelOf('mini', {}), modelOf('opus', { provider: 'anthropic' })] as never;
  expect(outOfReach({ name: 'f', candidates })?.message).toMatch(/models\.opus\.apiKey.*models\.mini\.apiKey/s);
  expect(reachNotes({ candidates })).toHaveLength(3);
  const keyed = [modelOf('mini', {}), modelOf('opus', { provider: 'anthropic', apiKey: 'k' })] as never;
  expect(outOfReach({ name: 'f', candidates: keyed })).toBeUndefined();
  expect(reachNotes({ candidates: keyed })).toEqual([
    "A client of the anthropic-messages API does not reach mini (models.mini.apiKey: it has no key of its own, and the client's is for another vendor).",
  ]);
  const called = [modelOf('mini', {}), modelOf('own', { provider: 'other' })] as never;
  expect(outOfReach({ name: 'f', candidates: called })).toBeUndefined();
});
