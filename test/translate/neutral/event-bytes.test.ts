import { expect, test } from 'vitest';
import { eventBytes } from '../../../src/translate/neutral/event-bytes.ts';

test('the texts of all events are encoded in one step', () => {
  expect(new TextDecoder().decode(eventBytes(['a', 'é'], text => `${text};`))).toBe('a;é;');
  expect(eventBytes([], () => 'never')).toHaveLength(0);
});
