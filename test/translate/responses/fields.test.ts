import { describe, expect, test } from 'vitest';
import { RESPONSES_FIELDS } from '../../../src/translate/responses/fields.ts';

describe('the fields of responses', () => {
  test('the fields of responses are read or kept, and none is both', () => {
    for (const { read, own } of Object.values(RESPONSES_FIELDS)) {
      const kept = Object.keys(own);
      expect(kept.filter(name => (read as readonly string[]).includes(name))).toStrictEqual([]);
    }
  });

  test('the fields of responses that are kept say why', () => {
    const kept = Object.values(RESPONSES_FIELDS).flatMap(({ own }) => Object.values(own));

    expect(kept.length).toBeGreaterThan(5);
    for (const { reason } of kept) expect(reason).toMatch(/^[a-z].+[^.]$/);
  });
});
