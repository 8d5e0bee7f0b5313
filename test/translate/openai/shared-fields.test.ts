import { describe, expect, test } from 'vitest';
import {
  numberField,
  PARSED,
  readFields,
  readOutput,
  SHARED_FIELDS,
  SHARED_OWN,
  sharedMembers,
  STREAM_OPTIONS,
  writtenSchema,
} from '../../../src/translate/openai/shared-fields.ts';
import { parseJsonText } from '../../../src/translate/neutral/json-text.ts';
import { fromAnthropic, fromChat } from '../openai-requests.ts';

const read = (body: object) => readFields(body as never, SHARED_FIELDS, { read: [], own: SHARED_OWN });

describe('fields that both APIs of OpenAI have', () => {
  test('fields that both APIs of OpenAI have may have numbers that JavaScript cannot hold', () => {
    const draft = { settings: {}, own: [], tools: [], isStream: false };

    expect(numberField('temperature')(parseJsonText('0.30000000000000004'), draft)).toBe(true);
    expect(draft.settings).toStrictEqual({ temperature: 0.300_000_000_000_000_04 });
  });

  test('the caller’s own cache breakpoints are not read as the vendor’s implicit ones', () => {
    expect(read({ prompt_cache_options: { ttl: '30m' } }).settings).toStrictEqual({ cacheAuto: { ttl: '30m' } });
    expect(read({ prompt_cache_options: { mode: 'explicit', ttl: '30m' } })).toMatchObject({
      settings: {},
      own: [
        { path: 'prompt_cache_options.mode', mark: 'preference' },
        { path: 'prompt_cache_options.ttl', mark: 'preference' },
      ],
    });
  });

  test('metadata is kept only if its values are texts', () => {
    expect(read({ metadata: { a: 'b' } }).settings).toStrictEqual({ metadata: { a: 'b' } });
    expect(read({ metadata: { a: 1 } }).own).toMatchObject([{ path: 'metadata', mark: 'unable' }]);
  });

  test('an option that only pads the stream may be left out', () => {
    const { own } = read({ stream_options: { include_usage: true, include_obfuscation: true } });

    expect(own).toMatchObject([
      { mark: 'default' },
      { path: 'stream_options.include_obfuscation', mark: 'preference' },
    ]);
    expect(Object.keys(STREAM_OPTIONS.own)).toStrictEqual(['include_obfuscation', 'include_usage']);
    expect(PARSED.isDefault?.('anything')).toBe(true);
  });

  test('an end-user name that the vendor refuses is left out', () => {
    const user = (chars: number) =>
      sharedMembers(fromAnthropic({ settings: { user: 'u'.repeat(chars) } }), { model: 'm' });

    expect(user(128)).toHaveProperty('safety_identifier', 'u'.repeat(128));
    expect(user(129).safety_identifier).toBeUndefined();
  });

  test('the format of the output asks for a text, for JSON, or for a schema', () => {
    const schema = { name: 'n', description: 'd', schema: { type: 'object' }, strict: true };

    expect(readOutput({ type: 'text' }, undefined)).toBe('text');
    expect(readOutput({ type: 'json_object' }, undefined)).toStrictEqual({ kind: 'json' });
    expect(readOutput({ type: 'json_schema' }, schema)).toStrictEqual({ kind: 'schema', ...schema });
    expect(readOutput({ type: 'json_schema' }, undefined)).toBeUndefined();
    expect(writtenSchema({ kind: 'schema', ...schema }, fromChat({}))).toStrictEqual(schema);
  });
});
