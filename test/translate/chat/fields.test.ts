import { describe, expect, test } from 'vitest';
import { CHAT_FIELDS } from '../../../src/translate/chat/fields.ts';

describe('the fields of chat completions', () => {
  test('the fields of chat completions are read or kept, and none is both', () => {
    for (const { read, own } of Object.values(CHAT_FIELDS)) {
      const kept = Object.keys(own);
      expect(kept.filter(name => (read as readonly string[]).includes(name))).toStrictEqual([]);
    }
  });

  test('the fields of chat completions that are kept say why', () => {
    const kept = Object.values(CHAT_FIELDS).flatMap(({ own }) => Object.values(own));

    expect(kept.length).toBeGreaterThan(5);
    for (const { reason } of kept) expect(reason).toMatch(/^[a-z].+[^.]$/);
  });
});
