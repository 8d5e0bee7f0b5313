import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import type { FakeRequest } from '../../src/testing/fake-api.ts';
import type { FakeModel } from '../../src/testing/fake-model.ts';
import { planReply, taskOf } from '../../src/testing/fake-model.ts';

const price = { input: '1', output: '2' };
const REQUEST: FakeRequest = {
  model: 'm',
  stream: false,
  lastUserText: 'Where is my order?',
  endsWithToolResult: false,
  tools: [],
  toolChoice: undefined,
  schema: undefined,
  maxOutputTokens: undefined,
  reportsUsage: true,
  tier: 'standard',
  thinks: false,
  rememberedChars: 0,
  signedBy: [],
};
const plan = (model: Partial<FakeModel>, request: Partial<FakeRequest> = {}, seed: string | number = 1) =>
  planReply({
    model: { price, ...model },
    request: { ...REQUEST, ...request },
    requestChars: 401,
    lacks: [],
    random: seededRandom(seed),
  });

describe('a reply', () => {
  test('token counts are those configured, otherwise input is estimated from the number of characters', () => {
    expect(plan({}).tokens).toMatchObject({ input: 101, cacheRead: 0, reasoning: 0 });
    expect(plan({}, { rememberedChars: 400 }).tokens.input).toBe(201);
    expect(plan({ tokens: { input: 7, output: 9, cacheRead: 3, reasoning: 20 } }).tokens).toMatchObject({
      input: 7,
      cacheRead: 3,
      // Reasoning is a part of the output.
      output: 20,
      reasoning: 20,
    });
  });

  test('a token count is drawn from its configured range by the seed, both ends included', () => {
    const outputs = Array.from(
      { length: 200 },
      (_, seed) => plan({ tokens: { output: [5, 8] } }, {}, seed).tokens.output,
    );
    expect([...new Set(outputs)].toSorted((a, b) => a - b)).toEqual([5, 6, 7, 8]);
    expect(plan({ tokens: { output: [5, 8] } }, {}, 3).tokens.output).toBe(outputs[3]);
  });

  test('meters that the API cannot report have quantity 0', () => {
    const { tokens } = planReply({
      model: { price, tokens: { webSearch: 2, inputAudio: 5 } },
      request: REQUEST,
      requestChars: 4,
      lacks: ['webSearch'],
      random: seededRandom(1),
    });
    expect(tokens).toMatchObject({ webSearch: 0, inputAudio: 5 });
  });

  test('replies solve their task as often as the model’s success rate states, and the text shows whether they do', () => {
    const solved = Array.from({ length: 1000 }, (_, seed) => plan({ success: 0.3 }, {}, seed).solved);
    expect(Math.abs(solved.filter(Boolean).length - 300)).toBeLessThan(4 * Math.sqrt(1000 * 0.3 * 0.7));
    expect(plan({ success: 0 }).text.startsWith('[not solved] ')).toBe(true);
    expect(plan({ success: 1 }).text.startsWith('[solved] ')).toBe(true);
  });

  test('a task with a difficulty is solved exactly by models with a higher success rate', () => {
    const solvedAt = (difficulty: number) =>
      plan({ success: { a: 0.7, '*': 0.2 } }, { lastUserText: `[feature:a] [difficulty:${difficulty}]` }).solved;
    expect([solvedAt(0), solvedAt(0.69), solvedAt(0.7), solvedAt(1)]).toEqual([true, true, false, false]);
    expect(plan({ success: { a: 0.7, '*': 0.2 } }, { lastUserText: '[feature:b] [difficulty:0.3]' }).solved).toBe(
      false,
    );
  });

  test('a reply to a request with a schema follows the schema, and its free strings show whether the task is solved', () => {
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    expect(plan({ success: 0 }, { schema }).text).toBe('{"city":"[not solved]"}');
    expect(plan({}, { schema: true }).text).toBe('{"answer":"[solved]"}');
  });

  test('a reply is truncated at the request’s output limit', () => {
    const cut = plan({ tokens: { output: 100, reasoning: 20 } }, { maxOutputTokens: 60 });
    expect(cut).toMatchObject({ finish: 'length', solved: false, tokens: { output: 60, reasoning: 20 } });
    const whole = plan({ tokens: { output: 100, reasoning: 20 } });
    expect(whole.text.startsWith(cut.text)).toBe(true);
    expect(cut.text.length / whole.text.length).toBeCloseTo(0.5, 2);
    expect(plan({ tokens: { output: 100, reasoning: 100 } }, { maxOutputTokens: 60 })).toMatchObject({
      finish: 'length',
    });
  });

  test('the configured text comes after the `[solved]` or `[not solved]` marker', () => {
    expect(plan({ text: 'hello' }).text).toBe('[solved] hello');
    expect(plan({ text: ({ task }) => `task ${task}` }, { lastUserText: '[task:17]' }).text).toBe('[solved] task 17');
    expect(plan({ success: 0, text: ({ solved }) => `solved: ${solved}` }).text).toBe('[not solved] solved: false');
  });

  test('for a request with a schema, a text function writes the whole reply, and a fixed text is ignored', () => {
    const request = { schema: { type: 'object', properties: { total: { type: 'integer' } } } };
    expect(plan({ success: 0, text: ({ solved }) => JSON.stringify({ total: solved ? 7 : 8 }) }, request).text).toBe(
      '{"total":8}',
    );
    expect(plan({ text: 'hello' }, request).text).toBe('{"total":0}');
  });

  test('a function can set the token counts of each task', () => {
    const tokens: FakeModel['tokens'] = ({ feature }) => ({ input: feature === 'long' ? 900 : 9 });
    expect(plan({ tokens }, { lastUserText: '[feature:long]' }).tokens.input).toBe(900);
    expect(plan({ tokens }).tokens.input).toBe(9);
  });
});

describe('tools', () => {
  const tools = [
    { name: 'a', schema: { type: 'object', properties: { n: { type: 'integer' } } } },
    { name: 'b', schema: {} },
  ];
  test('the model calls a tool unless the conversation ends with a tool result, or the model or the request forbids it', () => {
    const called = (model: Partial<FakeModel>, request: Partial<FakeRequest>) =>
      plan(model, { tools, ...request }).toolCalls[0]?.name;
    expect(called({}, {})).toBe('a');
    expect(called({}, { toolChoice: 'b' })).toBe('b');
    expect(called({ callsTools: false }, { toolChoice: 'b' })).toBe('b');
    expect(called({ callsTools: false }, {})).toBeUndefined();
    expect(called({}, { toolChoice: 'none' })).toBeUndefined();
    expect(called({}, { endsWithToolResult: true })).toBeUndefined();
    expect(plan({}, { tools })).toMatchObject({
      finish: 'tool-calls',
      text: '',
      solved: undefined,
      toolCalls: [{ arguments: '{"n":0}' }],
    });
  });
});

test('the tags in the user’s last message define the task', () => {
  expect(taskOf({ ...REQUEST, lastUserText: 'Hello [feature:support.reply] [task:a b] [refuse]' })).toMatchObject({
    feature: 'support.reply',
    task: 'a b',
    difficulty: undefined,
    refuse: true,
  });
});
