import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ReplyFacts } from '../../src/contracts/wire.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import { openaiResponses } from '../../src/wires/openai-responses.ts';
import { pushAll } from './conformance.ts';
import type { Dialect } from './usage-dialects.ts';
import { DIALECTS } from './usage-dialects.ts';

type Json = Readonly<Record<string, unknown>>;

/** The facts that concern the bill. */
function billOf(facts: ReplyFacts | undefined) {
  const { usage, unpriced, statedCost, tier, speed, region } = facts ?? {};
  return { usage, unpriced, statedCost, tier: tier === 'standard' ? undefined : tier, speed, region };
}

function expected({ meters, unpriced, cost, tier, speed, region }: Dialect) {
  return { usage: meters, unpriced, statedCost: cost, tier, speed, region };
}

const HEAD = { id: 'chatcmpl-1', model: 'm', object: 'chat.completion.chunk' };
const event = (json: Json, type?: string): string =>
  `${type === undefined ? '' : `event: ${type}\n`}data: ${JSON.stringify(json)}\n\n`;
const delta = (choice: Json, more: Json = {}): string =>
  event({ ...HEAD, ...more, choices: [{ index: 0, finish_reason: null, ...choice }] });

/** A message's own metadata is in the message or delta. */
function split({ provider_metadata: metadata, ...reply }: Json): { readonly message: Json; readonly reply: Json } {
  return { message: metadata === undefined ? {} : { provider_metadata: metadata }, reply };
}

/** Where vendors put the usage of a stream. */
const STREAMS: Readonly<Record<string, (usage: object, message: Json, reply: Json) => string>> = {
  'in a last chunk without choices': (usage, message, reply) =>
    delta({ delta: { content: 'a' } }) +
    delta({ delta: message, finish_reason: 'stop' }) +
    event({ ...HEAD, choices: [], usage, ...reply }),
  'in the last choice’s chunk': (usage, message, reply) =>
    delta({ delta: { content: 'a' } }) + delta({ delta: message, finish_reason: 'stop' }, { usage, ...reply }),
  'in every chunk, growing': (usage, message, reply) =>
    delta({ delta: { content: 'a' } }, { usage: { prompt_tokens: 1, completion_tokens: 0, total_tokens: 1 } }) +
    delta({ delta: message, finish_reason: 'stop' }, { usage, ...reply }),
  'in the choice': (usage, message, reply) =>
    delta({ delta: { content: 'a' } }) + delta({ delta: message, finish_reason: 'stop', usage }, reply),
  'in x_groq': (usage, message, reply) =>
    delta({ delta: { content: 'a' } }) +
    delta({ delta: message, finish_reason: 'stop' }, { ...reply, x_groq: { id: 'req_1', usage } }),
};

const named = (api: Dialect['api']) => DIALECTS.filter(row => row.api === api).map(row => [row.vendor, row] as const);

describe('chat', () => {
  test.each(named('chat'))('a plain reply of %s is billed as its vendor bills it', (_, row) => {
    const { message, reply } = split(row.reply ?? {});
    const choices = [{ index: 0, message: { role: 'assistant', content: 'a', ...message }, finish_reason: 'stop' }];
    const facts = openaiChat.reply({ id: 'chatcmpl-1', model: 'm', choices, usage: row.usage, ...reply });
    expect(billOf(facts)).toEqual(expected(row));
  });

  describe.each(Object.entries(STREAMS))('with usage %s', (_, streamOf) => {
    test.each(named('chat'))('a stream of %s is billed like its plain reply', (_, row) => {
      const reader = openaiChat.reader({ hidesUsageChunk: false, wantsText: true });
      const { message, reply } = split(row.reply ?? {});
      pushAll(reader, `${streamOf(row.usage, message, reply)}data: [DONE]\n\n`);
      expect(reader.done).toBe(true);
      expect(billOf(reader.facts())).toEqual(expected(row));
    });
  });
});

describe('responses', () => {
  const response = (row: Dialect): Json => ({
    id: 'resp_1',
    model: 'm',
    status: 'completed',
    output: [{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'a', annotations: [] }] }],
    usage: row.usage,
    ...row.reply,
  });

  test.each(named('responses'))('a plain reply of %s is billed as its vendor bills it', (_, row) => {
    expect(billOf(openaiResponses.reply(response(row)))).toEqual(expected(row));
  });

  test.each(named('responses'))('a stream of %s is billed like its plain reply', (_, row) => {
    const reader = openaiResponses.reader({ hidesUsageChunk: false, wantsText: true });
    const created = { ...response(row), status: 'in_progress', output: [], usage: null };
    pushAll(
      reader,
      event({ type: 'response.created', response: created }, 'response.created') +
        event({ type: 'response.completed', response: response(row) }, 'response.completed'),
    );
    expect(reader.done).toBe(true);
    expect(billOf(reader.facts())).toEqual(expected(row));
  });
});

test('the table has at least 60 dialects, each under a name of its own', () => {
  const names = DIALECTS.map(({ vendor, api }) => `${vendor}, ${api}`);
  expect(names.length).toBeGreaterThanOrEqual(60);
  expect(new Set(names).size).toBe(names.length);
});

test('with any value in place of a field, every meter is a count, and nothing throws', () => {
  const paths = DIALECTS.flatMap((row, index) => pathsOf(row.usage).map(path => [index, path] as const));
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom(null, -1, 0.5, '7', 1e300, Number.MAX_SAFE_INTEGER, [], {}, true),
  );
  fc.assert(
    fc.property(fc.constantFrom(...paths), value, ([index, path], replaced) => {
      const row = DIALECTS[index] as Dialect;
      const usage = withValue(row.usage, path, replaced);
      const choices = [{ index: 0, message: { content: 'a' }, finish_reason: 'stop' }];
      for (const facts of [
        openaiChat.reply({ choices, ...row.reply, usage }),
        openaiResponses.reply({ output: [], ...row.reply, usage }),
      ]) {
        for (const call of [{ usage: facts?.usage ?? {} }, ...(facts?.calls ?? [])])
          for (const count of Object.values(call.usage)) expect(Number.isInteger(count) && count >= 0).toBe(true);
        const { nanoUsd = 0 } = facts?.statedCost ?? {};
        expect(Number.isSafeInteger(nanoUsd) && nanoUsd >= 0).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

function pathsOf(value: unknown): readonly (readonly string[])[] {
  if (!(value instanceof Object)) return [[]];
  return Object.entries(value).flatMap(([name, inner]) => [[name], ...pathsOf(inner).map(path => [name, ...path])]);
}

function withValue(holder: unknown, [name, ...rest]: readonly string[], value: unknown): unknown {
  if (name === undefined) return value;
  const inner = (holder as Json)[name];
  return { ...(holder as Json), [name]: withValue(inner, rest, value) };
}
