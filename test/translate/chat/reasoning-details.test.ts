import { expect, test } from 'vitest';
import { addDetails } from '../../../src/translate/chat/reasoning-details.ts';
import type { JsonDraft } from '../../../src/translate/neutral/json-text.ts';

function joined(...deltas: readonly (readonly unknown[])[]): readonly JsonDraft[] {
  const details: JsonDraft[] = [];
  for (const delta of deltas) addDetails(details, delta);
  return details;
}

const FORMAT = { type: 'reasoning.text', format: 'anthropic-claude-v1', index: 0 };

test('the pieces of one detail are joined, and its signature may come in a piece without text', () => {
  expect(
    joined(
      [{ ...FORMAT, text: 'Let', signature: null }],
      [{ ...FORMAT, text: ' me see' }],
      [{ ...FORMAT, signature: 'Et8B+/==' }],
    ),
  ).toStrictEqual([{ ...FORMAT, text: 'Let me see', signature: 'Et8B+/==' }]);
});

test('details with another index or type stay separate, and in order', () => {
  const encrypted = { type: 'reasoning.encrypted', data: 'x', index: 0 };
  const next = { ...FORMAT, index: 1, text: 'b' };
  expect(joined([{ ...FORMAT, text: 'a' }, encrypted], [next])).toStrictEqual([
    { ...FORMAT, text: 'a' },
    encrypted,
    next,
  ]);
});

test('members of the list that are not details are left out', () => {
  expect(joined([null, 'x'])).toStrictEqual([]);
});
