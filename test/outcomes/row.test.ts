import { describe, expect, test } from 'vitest';
import { readRow } from '../../src/outcomes/row.ts';

const INTENT = { feature: 'support.reply', intentId: 'i-1' };

describe('rows that say what to record', () => {
  test.each([
    [{ success: true }, { kind: 'outcome', outcome: { success: true } }],
    [
      { success: false, escalated: true, costUsd: 2, key: 'k' },
      { kind: 'outcome', outcome: { success: false, escalated: true, costUsd: 2, key: 'k' } },
    ],
    [{ success: null }, { kind: 'revoke' }],
    [{ signal: 'resolved' }, { kind: 'signal', signal: 'resolved', value: undefined }],
    [
      { signal: 'stars', value: 4 },
      { kind: 'signal', signal: 'stars', value: 4 },
    ],
  ])('the row %j is read', (fields, evidence) => {
    expect(readRow({ ...INTENT, ...fields })).toEqual({ ...INTENT, session: undefined, evidence });
  });

  test('a row with a session means the intent that represents the session', () => {
    expect(readRow({ feature: 'chat', session: 'a b', success: true })).toMatchObject({
      intentId: 'session:a%0020b',
      session: 'a b',
    });
  });
});

describe('rows that cannot be recorded', () => {
  const rows: readonly (readonly [row: unknown, field: string])[] = [
    ...[null, 1, 'text', [], [INTENT], true].map(row => [row, 'body'] as const),
    [{}, 'feature'],
    [{ ...INTENT, feature: 1, success: true }, 'feature'],
    [{ feature: 'f', success: true }, 'intentId'],
    [{ ...INTENT, session: 's', success: true }, 'intentId'],
    [{ feature: 'f', session: '', success: true }, 'session'],
    [{ feature: 'f', session: '\uD800', success: true }, 'session'],
    [{ feature: 'f', session: {}, success: true }, 'session'],
    [INTENT, 'success'],
    [{ ...INTENT, success: true, signal: 'stars' }, 'success'],
    [{ ...INTENT, success: true, value: 4 }, 'value'],
    [{ ...INTENT, success: null, costUsd: 4 }, 'costUsd'],
    [{ ...INTENT, signal: 'stars', key: 'k' }, 'key'],
    [{ ...INTENT, signal: 'stars', escalated: true }, 'escalated'],
    [{ ...INTENT, signal: ['stars'] }, 'signal'],
    [{ ...INTENT, succes: true }, 'succes'],
    [{ ...INTENT, success: true, cost_usd: 4 }, 'cost_usd'],
    [JSON.parse('{"__proto__": {"success": true}}') as unknown, '__proto__'],
    [{ ...INTENT, success: true, ['x'.repeat(5_000)]: 1 }, `${'x'.repeat(50)}…`],
  ];
  test.each(rows)('the error of %.60j names one field: %s', (row, field) => {
    expect(readRow(row)).toMatchObject({ status: 400, error: { code: 'invalid-value', field } });
  });

  test('a misspelt field is answered with the field that it probably means', () => {
    expect(readRow({ ...INTENT, costUSD: 4, success: false })).toMatchObject({
      error: { message: 'costUSD: there is no field of this name, did you mean "costUsd"?' },
    });
  });
});
