import { expect, test } from 'vitest';
import { isPreference } from '../../src/contracts/preference-names.ts';

test.each([
  'tools',
  'tool_choice',
  'response_format',
  'text',
  'stop',
  'stop_sequences',
  'n',
  'stream',
  'audio',
  'modalities',
  'reasoning',
  'reasoning_effort',
  'thinking',
  'logprobs',
  'max_tokens',
  'messages',
  'store',
])('`%s` changes the caller’s reply, so it is not a preference', parameter =>
  expect(isPreference(parameter)).toBe(false),
);

test('a listed name is a preference, and the name of an object’s own method is not', () => {
  expect(isPreference('temperature')).toBe(true);
  expect(isPreference('toString')).toBe(false);
});
