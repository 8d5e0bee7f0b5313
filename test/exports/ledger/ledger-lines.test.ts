import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LEDGER_VERSION } from '../../../src/core/ledger/record-versions.ts';
import { METERS } from '../../../src/core/ledger/usage.ts';
import { decodeLedgerLine, encodeLedgerLine, LEDGER_FORMAT } from '../../../src/exports/ledger/ledger-lines.ts';
import { attempted, decided, evidence, history, NOON } from '../../stores/histories.ts';

const { records } = history('a', 'support', [
  decided(NOON),
  attempted(NOON),
  evidence(NOON, { source: 'explicit', success: true }),
  evidence(NOON, { source: 'explicit', success: false }, 'corrected'),
]);

const KEY = String.raw`plan\tsupport\t\tmini\t\t7`;

describe('a line of a ledger export', () => {
  it('a decoded line equals the encoded one, including sums that a float cannot hold', () => {
    const key = { scope: 'plan', feature: 'support', segment: '', subject: 'mini', version: '', bucket: 7 } as const;
    const lines = [
      { kind: 'header', format: LEDGER_FORMAT, version: LEDGER_VERSION },
      { kind: 'pruned', cell: { key, sums: { n: 3n, cost3: 10n ** 60n + 1n } } },
      { kind: 'pruned', cell: { key: { ...key, bucket: 24, grain: 'day' }, sums: { n: 3n } } },
      { kind: 'pruned', cell: { key: { ...key, bucket: 0, grain: 'week' }, sums: { n: 3n } } },
      ...records,
      { kind: 'end', records: 4 },
    ] as const;
    for (const line of lines) expect(decodeLedgerLine(encodeLedgerLine(line), 1)).toEqual(line);
  });

  it('first evidence of version 1, whose kind was `settled`, is decoded as `labelled`', () => {
    const labelled = records[2]!;
    const line = encodeLedgerLine(labelled).replace('"kind":"labelled"', '"kind":"settled"');
    expect(JSON.parse(line)).toMatchObject({ kind: 'settled' });
    expect(decodeLedgerLine(line, 1)).toEqual(labelled);
  });

  it.each([1, 2])('a header of version %i is decoded', version => {
    const header = { kind: 'header', format: LEDGER_FORMAT, version } as const;
    expect(decodeLedgerLine(JSON.stringify(header), 1)).toEqual(header);
  });

  it.each([
    ['broken JSON', '{"kind":"decided"', 'not JSON'],
    ['a number', '7', 'not an object'],
    ['an unknown kind', '{"kind":"guess"}', 'record.kind: "guess" is not accepted'],
    ['a record without its body', JSON.stringify({ ...records[1], attempt: null }), 'record.attempt: null'],
    ['a record without a time', JSON.stringify({ ...records[0], atMs: null }), 'record.atMs: null'],
    ['another format', '{"kind":"header","format":"x","version":1}', 'format "x"'],
    ['a newer version', `{"kind":"header","format":"${LEDGER_FORMAT}","version":${LEDGER_VERSION + 1}}`, 'newer'],
    ['null', 'null', 'not an object'],
    ['a version that is not a number', `{"kind":"header","format":"${LEDGER_FORMAT}","version":"1"}`, 'version "1"'],
    [
      'a record without an intent',
      JSON.stringify({ ...records[1], intentId: undefined }),
      'record.intentId: undefined',
    ],
    ['a record without a feature', JSON.stringify({ ...records[1], feature: 7 }), 'record.feature: 7'],
    ['a record with a broken revision', JSON.stringify({ ...records[1], revision: 0.5 }), 'record.revision: 0.5'],
    ['a record with a text for its body', JSON.stringify({ ...records[1], attempt: 'x' }), 'record.attempt: "x"'],
    ['a cell with a broken key', '{"kind":"pruned","key":7,"sums":{}}', 'key: 7'],
    ['a cell whose key lacks a part', `{"kind":"pruned","key":"plan\\tf","sums":{}}`, 'key: "plan\\tf"'],
    ['a cell whose hour is none', `{"kind":"pruned","key":"${KEY.replace(/7$/, 'x')}","sums":{}}`, 'key: '],
    ['a cell whose sums are null', `{"kind":"pruned","key":"${KEY}","sums":null}`, 'sums: null'],
    ['a cell without sums', `{"kind":"pruned","key":"${KEY}"}`, 'sums: undefined'],
    [
      'a cell with a sum that is not a whole number',
      `{"kind":"pruned","key":"${KEY}","sums":{"n":"1.5"}}`,
      'sums["n"]',
    ],
    ['an end without a count', '{"kind":"end"}', 'records: undefined'],
  ])('%s causes an error that names the line', (_, text, message) => {
    expect(() => decodeLedgerLine(text, 42)).toThrow(
      expect.objectContaining({
        code: 'invalid-data',
        path: 'line 42',
        message: expect.stringContaining(message) as string,
      }),
    );
  });
});

describe('docs/ledger-schema.md', () => {
  const text = readFileSync(new URL('../../../docs/ledger-schema.md', import.meta.url), 'utf8');

  it('the documented version is the version of exports', () => {
    expect(text).toContain(`Version: **${LEDGER_VERSION}**`);
  });

  it('the document lists every field of a record and every meter', () => {
    const fields = records.flatMap(record => Object.entries(record).flatMap(([name, value]) => pathsOf(name, value)));
    for (const field of fields) expect(text, field).toMatch(new RegExp(`\\b${field.replace('.', '\\.')}\\b`));
    for (const meter of METERS) expect(text).toContain(`\`${meter}\``);
  });
});

/** `attempt.model` for what has fields of its own, else the name. */
function pathsOf(name: string, value: unknown): readonly string[] {
  if (!['decision', 'attempt', 'evidence'].includes(name)) return [name];
  return Object.keys(value as object).map(field => `${name}.${field}`);
}
