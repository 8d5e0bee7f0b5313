import { describe, expect, test } from 'vitest';
import type { Tool } from '../../../src/translate/neutral/conversation.ts';
import {
  formOf,
  freeCallIds,
  isStrict,
  losesStrict,
  readAllowed,
  readTool,
  readWord,
  writtenParameters,
} from '../../../src/translate/openai/tools.ts';
import { assistant, fromAnthropic, fromChat, fromResponses, user } from '../openai-requests.ts';

const CLOSED = { type: 'object', properties: {}, required: [], additionalProperties: false };
const NOTHING = { read: ['name'], own: {} };
const tool = (more: Partial<Tool> = {}): Tool => ({ name: 'f', form: 'json', ...more });

describe('tools', () => {
  test('tools have a name', () => {
    expect(readTool({ name: 'f', description: null, strict: null }, 'json', NOTHING)).toMatchObject({
      name: 'f',
      strict: undefined,
    });
    expect(readTool({ description: 'F' }, 'json', NOTHING)).toBeUndefined();
  });

  test('a tool without parameters is sent with an empty object of properties', () => {
    expect(writtenParameters(fromChat({}), tool())).toStrictEqual({ type: 'object', properties: {} });
    expect(writtenParameters(fromChat({}), tool({ input: { type: 'object' } }))).toStrictEqual({
      type: 'object',
      properties: {},
    });
    expect(writtenParameters(fromChat({}), tool({ input: { $ref: '#/x' } }))).toStrictEqual({ $ref: '#/x' });
  });

  test('a strict tool is sent with the types of the values that its schema lists', () => {
    const input = { ...CLOSED, properties: { kind: { enum: ['a', 'b'] } }, required: ['kind'] };
    const kind = { enum: ['a', 'b'], type: 'string' };

    expect(writtenParameters(fromAnthropic({}), tool({ input, strict: true }))).toMatchObject({ properties: { kind } });
    expect(writtenParameters(fromAnthropic({}), tool({ input }))).toStrictEqual(input);
  });

  test('a tool that does not set `strict` has the default of its own API', () => {
    expect(isStrict(fromResponses({}), tool({ input: CLOSED }))).toBe(true);
    expect(isStrict(fromChat({}), tool({ input: CLOSED }))).toBe(false);
    expect(isStrict(fromAnthropic({}), tool({ input: CLOSED }))).toBe(false);
  });

  test('tools lose their guarantee with a schema that strict mode refuses, which is reported only where strict arguments were requested', () => {
    expect(losesStrict(fromChat({}), tool({ input: { type: 'object' }, strict: true }))).toBe(true);
    expect(losesStrict(fromChat({}), tool({ input: CLOSED, strict: true }))).toBe(false);
    expect(losesStrict(fromResponses({}), tool({ input: { type: 'object' } }))).toBe(false);
  });

  test('a tool choice is a single word, or the names of some tools', () => {
    const nameOf = (each: unknown): string | undefined => (typeof each === 'string' ? each : undefined);

    expect(['auto', 'none', 'required', 'any'].map(readWord)).toStrictEqual([
      { kind: 'auto' },
      { kind: 'none' },
      { kind: 'required' },
      undefined,
    ]);
    expect(readAllowed({ mode: 'auto', tools: ['f', 'g'] }, nameOf)).toStrictEqual({
      kind: 'some',
      names: ['f', 'g'],
      isRequired: false,
    });
    expect(readAllowed({ mode: 'auto', tools: ['f', 7] }, nameOf)).toBeUndefined();
    expect(readAllowed({ mode: 'some', tools: [] }, nameOf)).toBeUndefined();
  });

  test('free-text tools are recognized by their names and by the ids of their calls', () => {
    const conversation = fromAnthropic({
      tools: [tool({ name: 'g', form: 'free' })],
      turns: [
        assistant({ kind: 'tool-call', id: 'x', name: 'g', form: 'free', input: '' }),
        assistant({ kind: 'tool-call', id: 'y', name: 'f', form: 'json', input: '' }),
        user({
          kind: 'tool-result',
          callId: 'z',
          content: [],
          isError: false,
          own: [{ path: '@custom', value: true, mark: 'default', reason: '' }],
        }),
      ],
    });

    expect(formOf(conversation, 'g')).toBe('free');
    expect(formOf(conversation, 'f')).toBe('json');
    expect(freeCallIds(conversation)).toStrictEqual(new Set(['x', 'z']));
  });
});
