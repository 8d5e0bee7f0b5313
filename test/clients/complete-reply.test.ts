import { afterEach, describe, expect, test } from 'vitest';
import { RouterError } from '../../src/errors.ts';
import { body, chat, chatChunk, json, sse } from '../support/scripted-server.ts';
import { closeServers, exchanged, textOf } from './exchanged.ts';

afterEach(closeServers);

const usage = { prompt_tokens: 1_000, completion_tokens: 500 };

describe('a 2xx that is no reply', () => {
  test.each([
    ['a page', '<html>down</html>', 'text/html', 0, true],
    ['an empty body', '', '', 0, true],
    ['JSON of an unknown shape', '{"hello":"world"}', 'application/json', 5, true],
    ['half a reply', '{"id":"chatcmpl-1","cho', 'application/json', 6, false],
  ])(
    '%s is broken and estimated, told, and can still be read by the caller',
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

describe('an error in the JSON of a 200', () => {
  const error = { message: 'slow down', code: 429 };

  test('it is a fault of the provider that costs nothing, and goes to the caller as it came', async () => {
    for (const stream of [false, true]) {
      const { result } = await exchanged(json({ error }, { 'retry-after': '2' }), { stream });
      expect(result).toMatchObject({ status: 'provider-fault', httpStatus: 200, retryAfterMs: 2_000 });
      expect(result.status !== 'ok' && result.answer).toBeUndefined();
      expect(await textOf(result)).toBe(JSON.stringify({ error }));
    }
  });

  test('it costs the usage that it reports', async () => {
    const { result } = await exchanged(json({ error, choices: [], usage }));
    expect(result).toMatchObject({
      status: 'provider-fault',
      answer: { provenance: 'reported', usage: { input: 1_000 } },
    });
  });
});
