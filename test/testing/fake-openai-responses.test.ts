import type OpenAI from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FakeProvider } from '../../src/testing/fake-provider.ts';
import { startFakeProvider } from '../../src/testing/fake-provider.ts';
import { Answer, collect, MODELS, OPENAIS } from './official-clients.ts';

let provider: FakeProvider;
beforeAll(async () => {
  provider = await startFakeProvider({ models: MODELS });
});
afterAll(() => provider.close());

describe.each(OPENAIS)('responses with the %s openai', (_, make) => {
  test('a plain reply and a stream have the same content and usage', async () => {
    const client = make(provider);
    const plain = await client.responses.create({ model: 'mini', input: 'Hello' });
    expect(plain.output_text).toContain('[solved]');
    expect(plain).toMatchObject({ status: 'completed', usage: { input_tokens: 108, output_tokens: 13 } });
    const events = await collect(await client.responses.create({ model: 'mini', input: 'Hello', stream: true }));
    const text = events.map(event => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
    expect(text).toBe(plain.output_text);
    expect(events.map(event => event.sequence_number)).toEqual(events.map((_event, index) => index));
    expect(events.at(-1)).toMatchObject({ type: 'response.completed', response: { usage: { total_tokens: 121 } } });
  });

  test('the SDK helpers `parse` and `stream` work', async () => {
    const client = make(provider);
    const parsed = await client.responses.parse({
      model: 'mini',
      input: 'Where?',
      text: { format: zodTextFormat(Answer, 'answer') },
    });
    expect(parsed.output_parsed).toMatchObject({ city: '[solved]' });
    const streamed = await client.responses.stream({ model: 'mini', input: 'Hello' }).finalResponse();
    expect(streamed.output).toMatchObject([{ content: [{ text: expect.stringContaining('[solved]') }] }]);
  });

  test('the model calls a tool and then answers with its result', async () => {
    const client = make(provider);
    const tools = [
      { type: 'function' as const, name: 'weather', strict: true, parameters: { type: 'object', properties: {} } },
    ];
    const first = await client.responses.create({ model: 'mini', input: 'Weather?', tools });
    const call = first.output[0];
    if (call?.type !== 'function_call') throw new Error('no call');
    const second = await client.responses.create({
      model: 'mini',
      tools,
      previous_response_id: first.id,
      input: [{ type: 'function_call_output', call_id: call.call_id, output: 'sunny' }],
    });
    expect(second.output_text).toContain('[solved]');
    const streamed = await collect(
      await client.responses.create({ model: 'mini', input: 'Weather?', tools, stream: true }),
    );
    expect(streamed.some(event => event.type === 'response.function_call_arguments.done')).toBe(true);
  });

  test('a text before a tool call is sent too, in a plain reply and in a stream', async () => {
    const client = make(provider);
    const both = { text: 'Let me look.', toolCalls: [{ name: 'weather', arguments: { city: 'Bern' } }] };
    const output = [
      { type: 'message', content: [{ type: 'output_text', text: 'Let me look.' }] },
      { type: 'function_call', name: 'weather', arguments: '{"city":"Bern"}' },
    ];
    provider.reply(both, both);
    expect((await client.responses.create({ model: 'mini', input: 'x' })).output).toMatchObject(output);
    const events = await collect(await client.responses.create({ model: 'mini', input: 'x', stream: true }));
    expect(events.map(event => (event.type === 'response.output_text.delta' ? event.delta : '')).join('')).toBe(
      'Let me look.',
    );
    expect(events.at(-1)).toMatchObject({ response: { output } });
  });

  test('a stored conversation is billed as input again, and an unknown conversation id is refused', async () => {
    const client = make(provider);
    const first = await client.responses.create({ model: 'other', input: 'Hello '.repeat(50) });
    const second = await client.responses.create({ model: 'other', input: 'And?', previous_response_id: first.id });
    expect(second.usage?.input_tokens).toBeGreaterThan(first.usage?.input_tokens ?? 0);
    expect((await client.responses.retrieve(first.id)).output_text).toBe(first.output_text);
    const unknown = client.responses.create({ model: 'other', input: 'And?', previous_response_id: 'resp_0' });
    await expect(unknown).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found' });
  });

  test('encrypted reasoning is accepted only by the model that wrote it', async () => {
    const client = make(provider);
    const include = ['reasoning.encrypted_content' as const];
    const first = await client.responses.create({ model: 'thinker', input: 'Hello', include, store: false });
    const input = [...first.output, { role: 'user', content: 'And?' }] as OpenAI.Responses.ResponseInput;
    expect((await client.responses.create({ model: 'thinker', input, store: false })).status).toBe('completed');
    const elsewhere = client.responses.create({ model: 'other', input, store: false });
    await expect(elsewhere).rejects.toMatchObject({ status: 400, code: 'invalid_encrypted_content' });
  });

  test('reasoning without its content is refused where nothing is stored', async () => {
    const client = make(provider);
    const first = await client.responses.create({
      model: 'thinker',
      input: 'Hello',
      reasoning: { effort: 'low' },
      store: false,
    });
    expect(first.output[0]).toMatchObject({ type: 'reasoning' });
    const input = [...first.output, { role: 'user', content: 'And?' }] as OpenAI.Responses.ResponseInput;
    const second = client.responses.create({ model: 'thinker', input, store: false });
    await expect(second).rejects.toMatchObject({ status: 404, message: expect.stringContaining('not persisted') });
  });

  test('refusals and truncated replies have the statuses of the API', async () => {
    const client = make(provider);
    const refused = await client.responses.create({ model: 'mini', input: 'Do it [refuse]' });
    expect(refused.output[0]).toMatchObject({ content: [{ type: 'refusal' }] });
    const cut = await client.responses.create({ model: 'mini', input: 'Hello', max_output_tokens: 5 });
    expect(cut).toMatchObject({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } });
    const streamed = await collect(
      await client.responses.create({ model: 'mini', input: 'x', max_output_tokens: 5, stream: true }),
    );
    expect(streamed.at(-1)?.type).toBe('response.incomplete');
  });
});
