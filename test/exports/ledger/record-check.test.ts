import { expect, it } from 'vitest';
import type { LedgerRecord } from '../../../src/core/ledger/records.ts';
import { checkRecord, knownPart, RECORD_KINDS } from '../../../src/exports/ledger/record-check.ts';
import { attempted, decided, evidence, history, NOON } from '../../stores/histories.ts';

const { records } = history('a', 'support', [
  decided(NOON),
  attempted(NOON),
  evidence(NOON, { source: 'explicit', success: true }),
  evidence(NOON, { source: 'audit', success: null }, 'corrected'),
]);

function withField(record: LedgerRecord, path: string, value: unknown): object {
  const copy = structuredClone(record) as unknown as Record<string, unknown>;
  const names = path.split('.');
  const last = names.pop() as string;
  const parent = names.reduce((at, name) => at[name] as Record<string, unknown>, copy);
  parent[last] = value;
  return copy;
}

it('a record of every kind is accepted as the router writes it', () => {
  expect(records.map(({ kind }) => kind)).toEqual(RECORD_KINDS);
  for (const record of records) expect(() => checkRecord(record, 'record')).not.toThrow();
});

it.each<[number, string, readonly unknown[]]>([
  [0, 'decision.propensity', [7, -1, 0, null, undefined, Number.NaN, '0.5']],
  [0, 'decision.plan', ['mini', [7], undefined, [], ['mini', 'mini'], ['a>b']]],
  [0, 'intentId', ['a b', 'a#b', 'ticket-\ud83d', 'i'.repeat(513)]],
  [0, 'feature', ['', 'a b', 'f\0', '=HYPERLINK("http://x")']],
  [0, 'segment', ['a\nb', 'a\ud83d', 7]],
  [0, 'promptVersion', ['v\0', '']],
  [1, 'attempt.startedAtMs', [1e20, -1]],
  [0, 'decision.eligible', [null, [null]]],
  [0, 'failureCostNanoUsd', [-1, 0.5, null, '5', 1e300]],
  [0, 'versions', [null, { mini: 7 }, []]],
  [0, 'session', [7, null, 's\n']],
  [1, 'attempt.costNanoUsd', [-5_000_000_000, null, '5', 0.5, 2 ** 60, undefined]],
  [1, 'attempt.usage', [null, 'x']],
  [1, 'attempt.usage.input', [-1, 1.5, 1e308, null, '10', Number.POSITIVE_INFINITY]],
  [1, 'attempt.turn', [0, 1.5, null]],
  [1, 'attempt.kind', ['second', undefined]],
  [1, 'attempt.status', ['fine', null]],
  [1, 'attempt.provenance', ['guessed', undefined]],
  [1, 'attempt.calls', [{}, [{ usage: { input: -1 } }], [{ usage: null }]]],
  [1, 'attempt.verdict', [null, { accepted: 1, by: 'schema' }]],
  [1, 'attempt.model', ['', 7]],
  [1, 'replaces', [-1, 0.5]],
  [2, 'evidence.success', [2, 'yes', undefined]],
  [2, 'evidence.source', ['guess', undefined]],
  [2, 'evidence.costNanoUsd', [-1, '5']],
  [2, 'evidence.value', [{}, []]],
  [2, 'evidence.key', ['', 'k\ud83d']],
  [2, 'evidence.signal', ['', 'a b']],
  [2, 'atMs', ['now', null, Number.NaN, 1e20, -1]],
  [2, 'revision', [-1, 0.5]],
  [3, 'evidence', [null, 7, undefined]],
])('record %i: `%s` is refused with every value that no ledger contains', (index, path, values) => {
  for (const value of values) {
    const record = withField(records[index] as LedgerRecord, path, value);
    expect(() => checkRecord(record, 'record'), JSON.stringify(value)).toThrow(
      expect.objectContaining({
        code: 'invalid-value',
        path: expect.stringMatching(new RegExp(`^record\\.${path.replace('.', String.raw`\.`)}`)) as string,
      }),
    );
  }
});

it('an unknown member of a record is not an error, and is left out', () => {
  const [first, second, third, last] = records as readonly [LedgerRecord, LedgerRecord, LedgerRecord, LedgerRecord];
  const usage = { input: 1 };
  const full = withField(
    withField(second, 'attempt.verdict', { accepted: true, by: 'schema' }) as LedgerRecord,
    'attempt.calls',
    [{ usage }],
  ) as LedgerRecord;
  for (const [record, paths] of [
    [first, ['hello', 'decision.prompt']],
    [full, ['prompt', 'attempt.prompt', 'attempt.usage.prompt', 'attempt.verdict.prompt', 'attempt.calls.0.prompt']],
    [third, ['evidence.prompt']],
    [last, ['evidence.prompt', 'prompt']],
  ] as const) {
    const text = JSON.stringify(record);
    for (const path of paths) {
      const given = withField(record, path, 'SECRET');
      expect(() => checkRecord(given, 'record')).not.toThrow();
      expect(JSON.stringify(knownPart(given as LedgerRecord)), path).toBe(text);
    }
  }
});
