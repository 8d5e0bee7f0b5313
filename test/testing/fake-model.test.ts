import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/core/math/random.ts';
import type { FakeRequest } from '../../src/testing/fake-api.ts';
import type { FakeModel } from '../../src/testing/fake-model.ts';
import { drawCount, planReply, taskOf } from '../../src/testing/fake-model.ts';

const price = { input: '1', output: '2' };
const ASKED: FakeRequest = {
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
const plan = (model: Partial<FakeModel>, asked: Partial<FakeRequest> = {}, seed: string | number = 1) =>
  planReply({
    model: { price, ...model },
    request: { ...ASKED, ...asked },
    requestChars: 401,
    lacks: [],
    random: seededRandom(seed),
  });

describe('a reply', () => {
  test('uses the tokens it is told to, or counts characters', () => {
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

  test('draws from ranges by its seed, both ends included', () => {
    const outputs = Array.from(
      { length: 200 },
      (_, seed) => plan({ tokens: { output: [5, 8] } }, {}, seed).tokens.output,
    );
    expect([...new Set(outputs)].toSorted((a, b) => a - b)).toEqual([5, 6, 7, 8]);
    expect(plan({ tokens: { output: [5, 8] } }, {}, 3).tokens.output).toBe(outputs[3]);
    expect(drawCount(4, seededRandom(1))).toBe(4);
  });

  test('leaves out what its API cannot report', () => {
    const { tokens } = planReply({
      model: { price, tokens: { webSearch: 2, inputAudio: 5 } },
      request: ASKED,
      requestChars: 4,
      lacks: ['webSearch'],
      random: seededRandom(1),
    });
    expect(tokens).toMatchObject({ webSearch: 0, inputAudio: 5 });
  });

  test('is right as often as its model is good, and says so', () => {
    const solved = Array.from({ length: 1000 }, (_, seed) => plan({ success: 0.3 }, {}, seed).solved);
    expect(Math.abs(solved.filter(Boolean).length - 300)).toBeLessThan(4 * Math.sqrt(1000 * 0.3 * 0.7));
    expect(plan({ success: 0 }).text.startsWith('[not solved] ')).toBe(true);
    expect(plan({ success: 1 }).text.startsWith('[solved] ')).toBe(true);
  });

  test('to a task of known difficulty is right exactly when the model is better than that', () => {
    const at = (difficulty: number) =>
      plan({ success: { a: 0.7, '*': 0.2 } }, { lastUserText: `[feature:a] [difficulty:${difficulty}]` }).solved;
    expect([at(0), at(0.69), at(0.7), at(1)]).toEqual([true, true, false, false]);
    expect(plan({ success: { a: 0.7, '*': 0.2 } }, { lastUserText: '[feature:b] [difficulty:0.3]' }).solved).toBe(
      false,
    );
  });

  test('follows a schema, whose free strings say whether it is right', () => {
    const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
    expect(plan({ success: 0 }, { schema }).text).toBe('{"city":"[not solved]"}');
    expect(plan({}, { schema: true }).text).toBe('{"answer":"[solved]"}');
  });

  test('is cut off where the caller sets a limit', () => {
    const cut = plan({ tokens: { output: 100, reasoning: 20 } }, { maxOutputTokens: 60 });
    expect(cut).toMatchObject({ finish: 'length', solved: false, tokens: { output: 60, reasoning: 20 } });
    const whole = plan({ tokens: { output: 100, reasoning: 20 } });
    expect(whole.text.startsWith(cut.text)).toBe(true);
    expect(cut.text.length / whole.text.length).toBeCloseTo(0.5, 2);
    expect(plan({ tokens: { output: 100, reasoning: 100 } }, { maxOutputTokens: 60 })).toMatchObject({
      finish: 'length',
    });
  });

  test('says what it is told to', () => {
    expect(plan({ text: 'hello' }).text).toBe('[solved] hello');
    expect(plan({ text: ({ task }) => `task ${task}` }, { lastUserText: '[task:17]' }).text).toBe('[solved] task 17');
    expect(plan({ success: 0, text: ({ solved }) => `solved: ${solved}` }).text).toBe('[not solved] solved: false');
  });

  test('writes its own JSON where JSON is wanted, and a value of the schema otherwise', () => {
    const asked = { schema: { type: 'object', properties: { total: { type: 'integer' } } } };
    expect(plan({ success: 0, text: ({ solved }) => JSON.stringify({ total: solved ? 7 : 8 }) }, asked).text).toBe(
      '{"total":8}',
    );
    expect(plan({ text: 'hello' }, asked).text).toBe('{"total":0}');
  });

  test('spends by task what it is told to', () => {
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
  test('are called when given, unless the conversation has their result or the model or the caller says no', () => {
    const called = (model: Partial<FakeModel>, asked: Partial<FakeRequest>) =>
      plan(model, { tools, ...asked }).toolCalls[0]?.name;
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

test('tags say what a task is about', () => {
  expect(taskOf({ ...ASKED, lastUserText: 'Hello [feature:support.reply] [task:a b] [refuse]' })).toMatchObject({
    feature: 'support.reply',
    task: 'a b',
    difficulty: undefined,
    refuse: true,
  });
});
