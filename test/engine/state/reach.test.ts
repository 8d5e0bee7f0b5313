import { expect, test } from 'vitest';
import { clientApi, clientsOf, isOutOfReach, reachOf } from '../../../src/engine/state/reach.ts';
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

test('a feature is out of reach where no client reaches all its candidates, and the application calls none itself', () => {
  const [mini, opus] = [modelOf('mini', {}), modelOf('opus', { provider: 'anthropic' })];
  const isOut = (...candidates: readonly unknown[]) => isOutOfReach({ candidates: candidates as never });
  expect(isOut(mini, opus)).toBe(true);
  expect(isOut(mini, modelOf('opus', { provider: 'anthropic', apiKey: 'k' }))).toBe(false);
  expect(isOut(mini, opus, modelOf('own', { provider: 'other' }))).toBe(false);
});
