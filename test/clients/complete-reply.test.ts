import { afterEach, describe, expect, test } from 'vitest';
import { RouterError } from '../../src/errors.ts';
import { body, chat, chatChunk, json, sse, status } from '../support/scripted-server.ts';
import { closeServers, exchanged, textOf } from './exchanged.ts';

afterEach(closeServers);

const usage = { prompt_tokens: 1_000, completion_tokens: 500 };

describe('a 2xx that is not a reply', () => {
  test.each([
    ['a page', '<html>down</html>', 'text/html', 0, true],
    ['an empty body', '', '', 0, true],
    ['JSON of an unknown shape', '{"hello":"world"}', 'application/json', 5, true],
    ['half a reply', '{"id":"chatcmpl-1","cho', 'application/json', 6, false],
  ])(
    '%s counts as broken and estimated, is reported, and can still be read by the caller',
    async (_, text, type, output, noRetry) => {
      for (const stream of [false, true]) {
        const { result } = await exchanged(body([text], { type }), { stream });
        expect(result).toMatchObject({ status: 'broken', noRetry });
        expect(result).toMatchObject({ answer: { provenance: 'estimated', usage: { output } } });
        expect('unreadable' in result && RouterError.isInstance(result.unreadable)).toBe(true);
        expect(await textOf(result)).toBe(text);
      }
    },
  );
});

describe('a reply in the form that was not asked for', () => {
  test('a plain reply to a streaming request is an answer', async () => {
    const { result } = await exchanged(chat('hi'), { stream: true });
    expect(result).toMatchObject({ status: 'ok', answer: { text: 'hi', provenance: 'reported' } });
    expect(await textOf(result)).toContain('"hi"');
  });

  test('a stream that answers a plain request is an answer, with its usage as reported', async () => {
    const text = sse(chatChunk({ content: 'hi' })) + sse({ id: 'x', choices: [], usage }) + sse('[DONE]');
    const { result } = await exchanged(body([text]));
    expect(result).toMatchObject({
      status: 'ok',
      answer: { provenance: 'reported', usage: { output: 500 }, text: 'hi' },
    });
    expect(await textOf(result)).toBe(text);
  });

  test('a stream that answers a plain request and breaks off is broken', async () => {
    const { result } = await exchanged(body([sse(chatChunk({ content: 'hi' }))]));
    expect(result).toMatchObject({ status: 'broken', answer: { provenance: 'estimated', usage: { output: 1 } } });
  });
});

describe('a reply whose output is not stated', () => {
  const call = { function: { name: 'f', arguments: 'x'.repeat(4_000) } };
  const written = 'x'.repeat(4_000);

  test.each([
    ['arguments of a tool', [{ content: null, tool_calls: [call] }]],
    ['thinking', [{ content: '', reasoning_content: written }]],
    ['a refusal', [{ content: null, refusal: written }]],
    ['the second choice', [{ content: '' }, { content: written }]],
  ])(
    'a reply without stated output is estimated from everything that was written, and is not free: %s',
    async (_, messages) => {
      const choices = messages.map((message, index) => ({ index, message, finish_reason: 'stop' }));
      const reply = { id: 'chatcmpl-1', object: 'chat.completion', model: 'mini-1', choices };
      const none = await exchanged(json(reply));
      expect(none.result).toMatchObject({ answer: { provenance: 'estimated', usage: { output: 1_000 } } });
      const zero = await exchanged(json({ ...reply, usage: { prompt_tokens: 1_000, completion_tokens: 0 } }));
      const estimate = { usage: { input: 1_000, output: 1_000 }, unpriced: ['usage of 0'] };
      expect(zero.result).toMatchObject({ answer: estimate });
      const stated = await exchanged(json({ ...reply, usage }));
      expect(stated.result).toMatchObject({ answer: { provenance: 'reported', usage: { output: 500 } } });
    },
  );
});

describe('a reply without a choice', () => {
  const reply = { id: 'chatcmpl-1', object: 'chat.completion', model: 'mini-1', choices: [], usage };

  test.each([
    ['an empty list', reply],
    ['null', { ...reply, choices: null }],
    ['no list', { ...reply, choices: undefined }],
  ])(
    'a reply without a choice is not an answer, is reported to observers, and costs what it states: %s',
    async (_, each) => {
      for (const stream of [false, true]) {
        const { result } = await exchanged(json(each), { stream });
        expect(result).toMatchObject({
          status: 'broken',
          noRetry: true,
          answer: { provenance: 'reported', usage: { input: 1_000, output: 500 } },
        });
        expect('unreadable' in result && RouterError.isInstance(result.unreadable)).toBe(true);
        expect(await textOf(result)).toBe(JSON.stringify(each));
      }
    },
  );

  test('a stream that ends without a choice is broken, and costs what it states', async () => {
    const { result } = await exchanged(body([sse(reply), sse('[DONE]')]), { stream: true });
    expect(result).toMatchObject({ status: 'broken', answer: { provenance: 'reported', usage: { output: 500 } } });
  });
});

describe('an error in the JSON of a 200', () => {
  const error = { message: 'slow down', code: 429 };

  test('an error under status 200 is a fault of the provider that costs nothing, and reaches the caller unchanged', async () => {
    for (const stream of [false, true]) {
      const { result } = await exchanged(json({ error }, { 'retry-after': '2' }), { stream });
      expect(result).toMatchObject({ status: 'provider-fault', httpStatus: 200, retryAfterMs: 2_000 });
      expect(result.status !== 'ok' && result.answer).toBeUndefined();
      expect(await textOf(result)).toBe(JSON.stringify({ error }));
    }
  });

  test.each([
    ['beside no choice', { error, choices: [], usage }],
    ['beside null', { error, choices: null, usage }],
    ['alone', { error, usage }],
  ])('an error under status 200 costs the usage that it reports, %s', async (_, reply) => {
    const reported = { status: 'provider-fault', answer: { provenance: 'reported', usage: { input: 1_000 } } };
    for (const stream of [false, true])
      expect((await exchanged(json(reply), { stream })).result).toMatchObject(reported);
    expect((await exchanged(body([sse(reply), sse('[DONE]')]), { stream: true })).result).toMatchObject(reported);
    expect((await exchanged(status(500, {}, error, { usage }))).result).toMatchObject(reported);
  });
});
