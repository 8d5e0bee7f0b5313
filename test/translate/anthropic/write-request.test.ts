import { describe, expect, test } from 'vitest';
import { writeRequest } from '../../../src/translate/anthropic/write-request.ts';
import type { Conversation, Tool } from '../../../src/translate/neutral/conversation.ts';
import type { TargetModel } from '../../../src/translate/neutral/translator.ts';
import { conversation, turn } from '../support/conversations.ts';

function written(more: Partial<Conversation>, model: Partial<TargetModel> = {}): Record<string, unknown> {
  return JSON.parse(writeRequest(conversation(more), { model: 'claude', ...model })) as Record<string, unknown>;
}

const TOOLS: readonly Tool[] = ['f', 'g', 'h'].map(name => ({
  name,
  form: 'json',
  input: { type: 'object', properties: {} },
}));

describe('a request of another API, written as a request of Anthropic’s API', () => {
  test('the body has only the fields that the request sets', () => {
    expect(written({})).toStrictEqual({
      model: 'claude',
      max_tokens: 1000,
      messages: [{ role: 'user', content: 'hi' }],
    });
  });

  test('every body has a limit of output tokens, which is never above the model’s own limit', () => {
    expect(written({ settings: {} }, { maxOutputTokens: 4096 }).max_tokens).toBe(4096);
    expect(written({ settings: { maxTokens: 9000 } }, { maxOutputTokens: 4096 }).max_tokens).toBe(4096);
  });

  test.each<[Partial<Conversation>, unknown]>([
    [{}, undefined],
    [{ toolChoice: { kind: 'auto' } }, { type: 'auto' }],
    [
      { toolChoice: { kind: 'required' }, parallelTools: false },
      { type: 'any', disable_parallel_tool_use: true },
    ],
    [{ toolChoice: { kind: 'one', name: 'f' } }, { type: 'tool', name: 'f' }],
    [{ toolChoice: { kind: 'none' }, parallelTools: false }, { type: 'none' }],
    [{ parallelTools: false }, { type: 'auto', disable_parallel_tool_use: true }],
    [{ toolChoice: { kind: 'some', names: ['g'], isRequired: true } }, { type: 'any' }],
  ])('the tool choice %j is written as %j', (more, choice) => {
    expect(written({ tools: TOOLS, ...more }).tool_choice).toEqual(choice);
    expect(written(more).tool_choice).toBeUndefined();
  });

  test('only the tools that the tool choice allows are sent', () => {
    const { tools } = written({ tools: TOOLS, toolChoice: { kind: 'some', names: ['h', 'f'], isRequired: false } });

    expect((tools as readonly Tool[]).map(({ name }) => name)).toStrictEqual(['f', 'h']);
  });

  test('the last four breakpoints are kept, including the one that the vendor places', () => {
    const cached = (text: string): Conversation['turns'][number] =>
      turn('user', { kind: 'text', text, cache: { ttl: '30m' } });
    const more: Partial<Conversation> = {
      tools: TOOLS.map(tool => ({ ...tool, cache: { ttl: '12h' } })),
      system: [{ kind: 'text', text: 's', role: 'system', cache: {} }],
      turns: ['1', '2'].map(cached),
    };
    const body = JSON.stringify(written(more));
    const automatic = written({ ...more, settings: { maxTokens: 1, cacheAuto: {} } });

    expect(body.match(/"cache_control":\{"type":"ephemeral"\}/g)).toHaveLength(3);
    expect(body.match(/"cache_control":\{"type":"ephemeral","ttl":"1h"\}/g)).toHaveLength(1);
    expect(automatic.cache_control).toStrictEqual({ type: 'ephemeral' });
    expect(JSON.stringify(automatic).match(/cache_control/g)).toHaveLength(4);
  });

  test('automatic caching is requested only where a further request may continue this one', () => {
    const settings = { maxTokens: 1, cacheAuto: { ttl: '30m' } } as const;

    expect(written({ settings }).cache_control).toBeUndefined();
    expect(written({ settings, tools: TOOLS }).cache_control).toStrictEqual({ type: 'ephemeral' });
  });

  test('an output schema is sent in the subset that the vendor accepts', () => {
    const schema = { type: 'object', properties: { n: { type: 'number', minimum: 1 } } };

    expect(written({ output: { kind: 'schema', schema, name: 'x', strict: true } }).output_config).toStrictEqual({
      format: {
        type: 'json_schema',
        schema: {
          type: 'object',
          properties: { n: { type: 'number', description: '{minimum: 1}' } },
          additionalProperties: false,
        },
      },
    });
  });

  test('instructions are separate blocks, never joined, and a later instruction stays in its place', () => {
    const { system, messages } = written({
      system: [
        { kind: 'text', text: 'a', role: 'system' },
        { kind: 'text', text: 'b', role: 'developer' },
      ],
      turns: [turn('user', 'q'), turn('developer', 'c')],
    });

    expect(system).toStrictEqual([
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ]);
    expect(messages).toStrictEqual([
      { role: 'user', content: 'q' },
      { role: 'system', content: 'c' },
    ]);
  });

  test('no field of the other API is sent', () => {
    const own = [{ path: 'logit_bias', value: { a: 1 }, mark: 'preference', reason: '' }] as const;

    expect(written({ own })).not.toHaveProperty('logit_bias');
  });
});
