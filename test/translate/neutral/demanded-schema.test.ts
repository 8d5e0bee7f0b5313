import { expect, test } from 'vitest';
import { demandedSchema } from '../../../src/translate/neutral/demanded-schema.ts';

const schema = { type: 'object' };

test.each([
  ['openai-chat', true, schema],
  ['openai-responses', true, schema],
  ['openai-chat', false, undefined],
  ['openai-responses', undefined, undefined],
  ['anthropic-messages', undefined, schema],
] as const)('an output format of %s whose `strict` is %s demands %j', (api, strict, expected) => {
  expect(demandedSchema({ api, output: { kind: 'schema', schema, strict }, settings: {} })).toEqual(expected);
});

test('no schema is demanded for the output format JSON without a schema, or beside stop sequences', () => {
  const api = 'anthropic-messages';
  expect(demandedSchema({ api, output: { kind: 'json' }, settings: {} })).toBeUndefined();
  expect(demandedSchema({ api, output: { kind: 'schema', schema }, settings: { stop: ['END'] } })).toBeUndefined();
});
