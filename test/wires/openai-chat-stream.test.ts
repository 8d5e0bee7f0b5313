import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fakeOpenaiChat } from '../../src/testing/fake-openai-chat.ts';
import { chatReply } from '../../src/wires/openai-chat-reply.ts';
import { openaiChatReader } from '../../src/wires/openai-chat-stream.ts';
import { PLAN, PLAN_USAGE, pushAll, shuffledKeys, spaced, streamOf, trickyText } from './conformance.ts';

const BODY = { model: 'mini', messages: [], stream: true, stream_options: { include_usage: true } };
const stream = streamOf(fakeOpenaiChat, PLAN, BODY);
const withoutUsage = stream.replace(/data: \{[^\n]*"choices":\[\],[^\n]*\n\n/, '');

const chunk = (fields: Record<string, unknown>): string =>
  `data: ${JSON.stringify({ id: 'c', model: 'm', object: 'chat.completion.chunk', ...fields })}\n\n`;

describe('the usage chunk that the router asked for', () => {
  test('the usage chunk is read and hidden from the caller, byte for byte, however the stream is chunked', () => {
    expect(withoutUsage.length).toBeLessThan(stream.length);
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.constantFrom('\n', '\r\n'), (cuts, end) => {
        const reader = openaiChatReader({ hidesUsageChunk: true, wantsText: true });
        const seen = pushAll(reader, stream.replaceAll('\n', end), cuts);
        expect(seen).toBe(withoutUsage.replaceAll('\n', end));
        expect(reader.facts()).toMatchObject({ usage: PLAN_USAGE, text: PLAN.text, finish: 'stop' });
        expect(reader.done).toBe(true);
      }),
    );
  });

  test('no byte is held back before the model has finished', () => {
    const reader = openaiChatReader({ hidesUsageChunk: true, wantsText: true });
    const bytes = new TextEncoder().encode(stream.slice(0, stream.indexOf('"finish_reason":"stop"')));
    for (let at = 0; at < bytes.length; at += 7) {
      const piece = bytes.slice(at, at + 7);
      expect(reader.push(piece)).toBe(piece);
    }
  });

  test('a chunk without choices and without usage reaches the caller', () => {
    const filtered = chunk({ choices: [], prompt_filter_results: [], usage: null });
    const reader = openaiChatReader({ hidesUsageChunk: true, wantsText: true });
    expect(pushAll(reader, filtered + stream)).toBe(filtered + withoutUsage);
  });

  test.each([
    {},
    { total_tokens: 110 },
    { prompt_tokens: '100', completion_tokens: '10' },
    { prompt_tokens: 1.5, completion_tokens: -10 },
    { prompt_tokens: 1e300, completion_tokens: 1 },
  ])('the usage chunk is hidden, whatever numbers it has: %j', usage => {
    const reader = openaiChatReader({ hidesUsageChunk: true, wantsText: true });
    expect(pushAll(reader, withoutUsage.replace('data: [DONE]', `${chunk({ choices: [], usage })}data: [DONE]`))).toBe(
      withoutUsage,
    );
    expect([reader.done, reader.facts().usage]).toEqual([true, undefined]);
  });

  test('a last chunk with both text and usage reaches the caller', () => {
    const last = chunk({
      choices: [{ index: 0, delta: { content: 'bye' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 1, completion_tokens: 2 },
    });
    const reader = openaiChatReader({ hidesUsageChunk: true, wantsText: true });
    expect(pushAll(reader, last)).toBe(last);
    expect(reader.facts()).toMatchObject({ text: 'bye', usage: { input: 1, output: 2 } });
    expect(reader.done).toBe(true);
  });
});

describe('chunks that are read without parsing', () => {
  type Json = Record<string, unknown>;
  const chunkOf = (choices: readonly Json[], more: Json = {}): Json => ({ id: 'c', model: 'm', choices, ...more });
  const one = (delta: Json, more: Json = {}): Json => ({ index: 0, delta, finish_reason: null, ...more });
  const callOf = (index: number, args: string, more: Json = {}): Json => ({
    index,
    ...more,
    function: { arguments: args },
  });
  const usageOf = (count: number): Json => ({ prompt_tokens: 5, completion_tokens: count });
  const index = fc.constantFrom(0, 1, 11, 100);
  const text = fc.oneof(
    trickyText.map(content => chunkOf([one({ content })])),
    trickyText.map(content => chunkOf([{ ...one({ content }), index: 1 }])),
    trickyText.map(content => chunkOf([one({ content, refusal: content })])),
    trickyText.map(content => chunkOf([one({ content }, { finish_reason: 'stop' })])),
    trickyText.map(content => chunkOf([one({ content }, { filter: '}]' })])),
    fc
      .tuple(trickyText, trickyText)
      .map(([a, b]) => chunkOf([one({ content: a }), { ...one({ content: b }), index: 1 }])),
    trickyText.map(content => chunkOf([one({ content })], { obfuscation: content })),
    trickyText.map(content => chunkOf([one({ content })], { usage: null, obfuscation: content })),
    trickyText.map(content => chunkOf([one({ content }, { logprobs: { content: [{ token: content }] } })])),
    fc
      .tuple(fc.nat(3), fc.nat(3))
      .map(([count, other]) =>
        chunkOf([one({ content: 'x' }, { usage: other > 2 ? usageOf(other) : null })], { usage: usageOf(count) }),
      ),
    fc.constantFrom('other', 'm').map(model => chunkOf([one({ content: 'x' })], { model })),
    fc.constant(chunkOf([one({ content: 'x' })], { web_search: [{ link: 'https://a.example' }] })),
  );
  const tool = fc.oneof(
    fc.tuple(index, trickyText).map(([i, args]) => chunkOf([one({ tool_calls: [callOf(i, args)] })])),
    fc.tuple(index, trickyText).map(([i, args]) => chunkOf([one({ tool_calls: [callOf(i, args, { id: 'x' })] })])),
    fc
      .tuple(index, trickyText, trickyText)
      .map(([i, a, b]) => chunkOf([one({ tool_calls: [callOf(i, a), callOf(i + 1, b)] })])),
    fc
      .tuple(index, trickyText, trickyText)
      .map(([i, a, b]) =>
        chunkOf([one({ tool_calls: [{ index: i, function: { name: 'f', arguments: a } }, callOf(i + 1, b)] })]),
      ),
    fc.tuple(index, trickyText).map(([i, args]) => chunkOf([one({ tool_calls: [callOf(i, args)], content: args })])),
  );
  /** As the APIs do, the first chunk of a call has its name. */
  const named = chunkOf([one({ tool_calls: [{ index: 0, function: { name: 'f', arguments: '' } }] })]);
  /** An event that breaks off inside a text: it is not JSON. */
  const broken = 'data: {"id":"c","choices":[{"index":0,"delta":{"content":"abc\n\n';

  const read = (list: readonly Json[], breakAt: number, write: (json: unknown) => string) => {
    const reader = openaiChatReader({ hidesUsageChunk: false, wantsText: true });
    const events = list.map(json => `data: ${write(json)}\n\n`);
    pushAll(reader, events.toSpliced(breakAt, 0, broken).join(''));
    return { ...reader.facts(), chars: reader.chars };
  };
  const sameAsParsed = (list: readonly Json[], breakAt: number): void => {
    expect(read(list, breakAt, json => JSON.stringify(json))).toEqual(read(list, breakAt, spaced));
  };
  const anyOrder = (chunks: fc.Arbitrary<Json>) =>
    chunks.chain(each => fc.oneof(fc.constant(each), shuffledKeys(each)));

  test('text that is read without parsing gives the same facts and characters as parsed text', () => {
    const list = fc.array(anyOrder(text), { minLength: 1, maxLength: 5 });
    fc.assert(fc.property(list, fc.nat(5), sameAsParsed), { numRuns: 300 });
  });

  test('a chunk is parsed if it begins like an earlier one, and the chunk between them began otherwise', () => {
    const chunk = (model: string, more: Json = {}): Json => ({
      id: 'c',
      model,
      choices: [{ index: 0, delta: { content: 'x' }, finish_reason: null, ...more }],
    });
    sameAsParsed([chunk('m'), chunk('other'), chunk('m', { usage: null }), chunk('other')], 5);
    sameAsParsed([chunk('m'), chunk('other'), { id: 'c', model: 'm', choices: [] }, chunk('other')], 5);
  });

  test('tool calls that are read without parsing give the same facts and characters as parsed ones', () => {
    const list = fc.array(anyOrder(fc.oneof(tool, tool, text)), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(list, fc.nat(5), (chunks, breakAt) => sameAsParsed([named, ...chunks], breakAt)),
      { numRuns: 300 },
    );
  });
});

describe('the end of a stream', () => {
  const finished = (index: number) => chunk({ choices: [{ index, delta: {}, finish_reason: 'stop' }] });
  const said = (index: number, content = 'a') =>
    chunk({ choices: [{ index, delta: { content }, finish_reason: null }] });
  const usage = chunk({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } });
  const DONE = 'data: [DONE]\n\n';

  test.each([
    [DONE, 'waiting', false],
    [`data: upstream connect error\n\n${DONE}`, 'waiting', false],
    [`data: {"detail":"no"}\n\n${DONE}`, 'waiting', false],
    [`data: {"id":\n\n${DONE}`, 'waiting', false],
    [`data: null\n\n${DONE}`, 'waiting', false],
    [chunk({ choices: [] }) + DONE, 'begun', false],
    [said(0, '') + DONE, 'begun', false],
    [said(0), 'output', false],
    [said(0) + DONE, 'output', true],
    [usage + DONE, 'begun', false],
    [said(0, '') + usage + DONE, 'output', true],
    [finished(0), 'output', true],
    [said(0) + finished(0), 'output', true],
    [said(0) + said(1) + finished(0), 'output', false],
    [said(0) + said(1) + finished(0) + said(1) + finished(1), 'output', true],
    [finished(0) + chunk({ choices: [{ index: 0, delta: {}, finish_reason: null }] }), 'output', true],
    [chunk({ choices: [{ index: 0, delta: { content: 'a' }, finish_reason: '' }] }), 'output', false],
  ])('after %j the phase is %s, and `done` is %s', (text, phase, done) => {
    const reader = openaiChatReader({ hidesUsageChunk: false, wantsText: true });
    pushAll(reader, text);
    expect([reader.phase, reader.done, reader.error]).toEqual([phase, done, undefined]);
  });

  test('usage that was reported before the last chunk is kept', () => {
    const reader = openaiChatReader({ hidesUsageChunk: false, wantsText: true });
    const usage = { prompt_tokens: 1, completion_tokens: 2 };
    pushAll(reader, chunk({ choices: [], usage }) + chunk({ choices: [] }) + DONE);
    expect(reader.facts().usage).toEqual({ input: 1, output: 2 });
  });

  test('nothing is held back after [DONE]', () => {
    const reader = openaiChatReader({ hidesUsageChunk: true, wantsText: true });
    pushAll(reader, stream);
    const rest = new TextEncoder().encode(': a comment that goes on');
    expect(reader.push(rest)).toBe(rest);
  });
});

describe('chunks of compatible vendors', () => {
  test('with several choices, the text is the first choice’s and the characters of all choices are counted', () => {
    const reader = openaiChatReader({ hidesUsageChunk: false, wantsText: true });
    const choice = (index: number, content: string) => ({ index, delta: { content }, finish_reason: null });
    pushAll(reader, chunk({ choices: [choice(0, 'a')] }) + chunk({ choices: [choice(1, 'bb')] }));
    pushAll(
      reader,
      chunk({ choices: [choice(0, 'c'), choice(1, 'dd')] }) + chunk({ choices: [choice(1, 'ee'), choice(0, 'f')] }),
    );
    expect(reader.facts().text).toBe('acf');
    expect(reader.chars).toBe(9);
  });

  test.each([
    [0, true],
    [1, false],
  ])(
    'a reply whose choice %i alone has tool calls is read with `hasToolCalls` %s, streamed or plain',
    (caller, expected) => {
      const calls = [{ index: 0, id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }];
      const said = (index: number) => (index === caller ? { tool_calls: calls } : { content: 'hi' });
      const reader = openaiChatReader({ hidesUsageChunk: false, wantsText: true });
      for (const index of [0, 1])
        pushAll(reader, chunk({ choices: [{ index, delta: said(index), finish_reason: 'stop' }] }));
      const plain = chatReply({ choices: [0, 1].map(index => ({ index, message: said(index) })) });
      expect([reader.facts().hasToolCalls, plain.hasToolCalls]).toEqual([expected, expected]);
    },
  );

  test('chunks with reordered keys, vendor fields or reasoning content are read', () => {
    const reader = openaiChatReader({ hidesUsageChunk: false, wantsText: true });
    pushAll(
      reader,
      chunk({ choices: [{ delta: { content: 'a' }, finish_reason: null, index: 0, content_filter_results: {} }] }),
    );
    pushAll(reader, chunk({ choices: [{ index: 0, delta: { content: 'b', reasoning_content: 'hm' } }] }));
    pushAll(reader, chunk({ choices: [{ index: 0, delta: { reasoning: 'ah!' }, finish_reason: null }] }));
    pushAll(reader, chunk({ choices: [{ index: 0, delta: { content: 'c' }, finish_reason: null, filter: '}]' }] }));
    pushAll(
      reader,
      chunk({
        choices: [{ index: 0, delta: {}, finish_reason: 'length' }],
        x_groq: { usage: { prompt_tokens: 3, completion_tokens: 4 } },
      }),
    );
    expect(reader.facts()).toMatchObject({ text: 'abc', finish: 'cut-off', usage: { input: 3, output: 4 } });
    expect(reader.chars).toBe(8);
  });

  test('a stream that breaks off keeps the last cumulative counts of its chunks as partial usage', () => {
    const reader = openaiChatReader({ hidesUsageChunk: false, wantsText: true });
    const cost = { total_cost: 0.5 };
    const said = (content: string, count: number, reason: string | null = null) =>
      chunk({
        choices: [{ index: 0, delta: { content }, logprobs: null, finish_reason: reason }],
        usage: { prompt_tokens: 9, completion_tokens: count, cost },
      });
    pushAll(reader, said('', 0) + said('a', 1) + said('b', 2));
    expect(reader.facts()).toMatchObject({
      text: 'ab',
      partialUsage: { input: 9, output: 2 },
      statedCost: { isWhole: false },
    });
    expect([reader.facts().usage, reader.done]).toEqual([undefined, false]);
    pushAll(reader, said('c', 3, 'stop'));
    expect(reader.facts()).toMatchObject({
      text: 'abc',
      usage: { input: 9, output: 3 },
      statedCost: { isWhole: true },
    });
    expect(reader.facts().partialUsage).toBeUndefined();
  });

  test('usage on the last chunk with text counts when a bare chunk finishes the reply', () => {
    const reader = openaiChatReader({ hidesUsageChunk: false, wantsText: true });
    const said = (content: string, more: object) =>
      chunk({ choices: [{ index: 0, delta: { content }, finish_reason: null }], ...more });
    const usage = { prompt_tokens: 9, completion_tokens: 2 };
    pushAll(
      reader,
      said('a', {}) + said('b', { usage }) + chunk({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
    );
    expect(reader.facts().usage).toEqual({ input: 9, output: 2 });
  });

  test('an Azure chunk with an empty id and no model does not hide which model answered', () => {
    const annotation = chunk({
      id: '',
      model: '',
      choices: [{ index: 0, content_filter_offsets: {}, finish_reason: null }],
    });
    const reader = openaiChatReader({ hidesUsageChunk: false, wantsText: true });
    pushAll(reader, annotation + stream.replace('data: [DONE]', `${annotation}data: [DONE]`));
    expect(reader.facts()).toMatchObject({ id: expect.stringMatching(/./), model: 'mini' });
  });

  const failed = { index: 0, delta: { content: '' }, finish_reason: 'error' };
  test.each([
    ['data: {"error":{"message":"overloaded"}}\n\n', 'fault'],
    ['data: {"error":"Rate limit"}\n\n', 'fault'],
    ['data: {"error":{"message":"no","code":402}}\n\n', 'account'],
    ['data: {"object":"error","message":"bad","code":400}\n\n', 'request'],
    [chunk({ choices: [failed], error: { code: 'server_error', message: 'x' } }), 'fault'],
    [chunk({ choices: [failed] }), 'fault'],
    [chunk({ choices: [{ ...failed, error: { code: 400, message: 'prompt is too long' } }] }), 'unable'],
  ])('after the event %j, `[DONE]` does not make the stream done', (event, about) => {
    const reader = openaiChatReader({ hidesUsageChunk: false, wantsText: true });
    pushAll(reader, event);
    expect([reader.phase, reader.error?.about]).toEqual(['begun', about]);
    pushAll(reader, 'data: [DONE]\n\n');
    expect(reader.done).toBe(false);
  });

  test('a stream is waiting during comments, has begun with its first chunk, and has output with the first text', () => {
    const reader = openaiChatReader({ hidesUsageChunk: false, wantsText: true });
    const said = (delta: object) =>
      `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: null }] })}\n\n`;
    const phases = [': OPENROUTER PROCESSING\n\n', said({ role: 'assistant', content: '' }), said({ content: 'a' })];
    const read = phases.map(text => (pushAll(reader, text), reader.phase));
    expect(read).toEqual(['waiting', 'begun', 'output']);
    expect(reader.error).toBeUndefined();
  });

  test('the arguments of several tool calls are counted exactly', () => {
    const reader = openaiChatReader({ hidesUsageChunk: false, wantsText: true });
    const call = (index: number, args: string, head = {}) =>
      chunk({
        choices: [
          { index: 0, delta: { tool_calls: [{ index, ...head, function: { arguments: args } }] }, finish_reason: null },
        ],
      });
    pushAll(
      reader,
      call(0, '', { id: 'call_1', type: 'function' }) + call(0, '{"a":') + call(0, '"é\\""}') + call(11, '{}'),
    );
    expect(reader.facts()).toMatchObject({ hasToolCalls: true, text: '' });
    expect(reader.chars).toBe('{"a":"é\\""}{}'.length);
  });
});
