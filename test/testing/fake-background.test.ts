import { expect, test } from 'vitest';
import { inBackground } from '../../src/testing/fake-background.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { OPENAIS } from './official-clients.ts';

test('a response is queued, then in progress, then complete, and completes only once', () => {
  const whole = { id: 'resp_1', status: 'completed', output: [1], usage: { input_tokens: 1 }, completed_at: 5 };
  let completions = 0;
  const { queued, retrieve } = inBackground(whole, () => void (completions += 1));
  expect(queued).toEqual({ id: 'resp_1', status: 'queued', output: [], usage: null, incomplete_details: null });
  expect(retrieve()).toEqual({ ...queued, status: 'in_progress' });
  expect(completions).toBe(0);
  expect([retrieve(), retrieve(), completions]).toEqual([whole, whole, 1]);
});

test('the SDK polls a response in the background, which is billed when it is complete', async () => {
  const price = { input: '1', output: '2' };
  await using provider = await startFakeProvider({ models: { mini: { price, tokens: { input: 10, output: 5 } } } });
  const client = OPENAIS[0][1](provider);
  const statuses = [];
  let response = await client.responses.create({ model: 'mini', input: 'Hello', background: true });
  for (let polls = 0; polls < 3; polls++) {
    statuses.push([response.status, response.output.length, provider.bill().requests.length]);
    response = await client.responses.retrieve(response.id);
  }
  expect(statuses).toEqual([
    ['queued', 0, 0],
    ['in_progress', 0, 0],
    ['completed', 1, 1],
  ]);
  expect(provider.bill()).toMatchObject({ totalNanoUsd: 20_000n, requests: [{ reported: true }] });
});
