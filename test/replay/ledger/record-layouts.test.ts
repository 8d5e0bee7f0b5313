/** A record that is read by its layout must equal the record that a full parse and check of its text gives. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RecordTexts } from '../../../src/contracts/record-texts.ts';
import type { LedgerRecord } from '../../../src/core/ledger/records.ts';
import { damageOf } from '../../../src/exports/ledger/record-check.ts';
import { recordColumns } from '../../../src/replay/ledger/record-columns.ts';
import { usualIntents } from '../../../src/replay/ledger/usual-intents.ts';
import { parseRow } from '../../../src/stores/sqlite-steps.ts';
import { anyRecords, attempt } from '../../core/support/intents.ts';
import { trials } from '../../support/trials.ts';
import { decided } from './decided.ts';

interface Stored {
  readonly id: string;
  readonly revision: number;
  readonly json: Uint8Array;
}

const encoder = new TextEncoder();
const stored = (record: LedgerRecord): Stored => ({
  id: record.intentId,
  revision: record.revision,
  json: encoder.encode(JSON.stringify(Object.assign({ intentId: '' }, record))),
});

/** As a store gives its rows, checked as a command checks them. */
function textsOf(rows: readonly Stored[]): RecordTexts {
  const bytes = new Uint8Array(Buffer.concat(rows.map(({ json }) => json)));
  let length = 0;
  const starts = rows.map(({ json }) => (length += json.length) - json.length);
  return {
    length: rows.length,
    bytes,
    starts,
    ends: rows.map(({ id, json }, i) => {
      const isNamed = Buffer.from(json).toString().startsWith(`{"intentId":"${id}"`);
      return (starts[i] as number) + (isNamed ? json.length : 0);
    }),
    revisions: rows.map(({ revision }) => revision),
    record(index) {
      const { id, revision, json } = rows[index] as Stored;
      const record = parseRow({ intent_id: id, revision, json: new TextDecoder().decode(json) });
      const damage = damageOf(record);
      if (damage !== undefined) throw damage;
      return record;
    },
  };
}

/** What the columns have of every record, or the error at which reading ended. */
function readBy(
  rows: readonly Stored[],
  add: (columns: ReturnType<typeof recordColumns>, texts: RecordTexts, i: number) => void,
) {
  const columns = recordColumns();
  const texts = textsOf(rows);
  let error: unknown;
  try {
    for (let i = 0; i < rows.length; i++) add(columns, texts, i);
  } catch (thrown) {
    error = String(thrown);
  }
  const records = Array.from({ length: columns.length }, (_, i) => columns.record(i));
  const usual = usualIntents(columns);
  const intents = Array.from({ length: columns.intents }, (_, i) => [
    columns.idOf(i),
    columns.firstOf(i),
    columns.lastOf(i),
    usual.end(i),
    columns.decisionNumbers(i),
  ]);
  return { error, records, intents, plans: [...columns.plans], lastMs: columns.lastMs };
}

const byText = (rows: readonly Stored[]) => readBy(rows, (columns, texts, i) => columns.addText(texts, i));
const byRecord = (rows: readonly Stored[]) =>
  readBy(rows, (columns, texts, i) => {
    const record = texts.record(i);
    if (record !== undefined) columns.add(record);
  });

/** Many intents of the same kinds, so that most of their records are of a layout that is known. */
const anyLedger = fc.array(anyRecords, { minLength: 1, maxLength: 5 }).map(kinds =>
  Array.from({ length: 12 }, (_, i) =>
    (kinds[i % kinds.length] as readonly LedgerRecord[]).map(record => ({
      ...record,
      intentId: `i${i}`,
      atMs: record.atMs + i,
    })),
  ).flat(),
);

test('records that are read by their texts equal those that are parsed one by one', () => {
  fc.assert(
    fc.property(anyLedger, records => {
      const rows = records.map(stored);
      expect(byText(rows)).toEqual(byRecord(rows));
    }),
    { numRuns: trials(100) },
  );
});

test('only the first record of each layout is parsed in full, and the ids, times and amounts of the others are read', () => {
  const rows = Array.from({ length: 50 }, (_, i) =>
    stored({ ...decided(`i${i}`, 'mini', ['mini'], 1 / (i + 1)), atMs: i }),
  );
  const texts = textsOf(rows);
  const columns = recordColumns();
  const whole: number[] = [];
  const counted = { ...texts, record: (i: number) => (whole.push(i), texts.record(i)) };
  for (let i = 0; i < rows.length; i++) columns.addText(counted, i);
  expect([whole, columns.length]).toEqual([[0], 50]);
});

test('a text with any one byte changed is read, or refused, exactly as its fully parsed record is', () => {
  const records = ['a', 'b', 'c'].flatMap((intentId): readonly LedgerRecord[] => [
    { ...decided(intentId, 'mini', ['mini'], 0.25), atMs: 10 },
    {
      kind: 'attempted',
      intentId,
      feature: 'f',
      revision: 1,
      atMs: 10,
      attempt: attempt('mini', 90, { usage: { input: 7 } }),
    },
    {
      kind: 'labelled',
      intentId,
      feature: 'f',
      revision: 2,
      atMs: 20,
      evidence: { source: 'explicit', success: true, key: 'k' },
    },
  ]);
  const rows = records.map(stored);
  const others = encoder.encode('0.e"#\n');
  const different: string[] = [];
  for (const row of [6, 7, 8]) {
    const { json } = rows[row] as Stored;
    for (let at = 0; at < json.length; at++) {
      for (const other of others) {
        const changed = rows.with(row, { ...(rows[row] as Stored), json: json.with(at, other) });
        if (JSON.stringify(byText(changed)) !== JSON.stringify(byRecord(changed)))
          different.push(new TextDecoder().decode(json.with(at, other)));
      }
    }
  }
  expect(different).toEqual([]);
});

describe('values that a layout does not determine', () => {
  const intents = (make: (i: number) => readonly object[]) =>
    Array.from({ length: 6 }, (_, i) => make(i)).flatMap(records =>
      records.map(record => stored(record as LedgerRecord)),
    );
  const fact = (i: number, revision: number) => ({ intentId: `i${i}`, feature: 'f', revision, atMs: i });
  const decision = (i: number, more: object = {}) => ({ ...decided(`i${i}`, 'mini', ['mini']), ...more });

  test.each<readonly [string, (i: number) => readonly object[]]>([
    [
      'a propensity above 1',
      i => [decision(i, { decision: { ...decided('', 'mini', []).decision, propensity: i === 4 ? 2 : 1 } })],
    ],
    [
      'a propensity of 0',
      i => [decision(i, { decision: { ...decided('', 'mini', []).decision, propensity: i === 4 ? 0 : 0.5 } })],
    ],
    [
      'a small propensity',
      i => [decision(i, { decision: { ...decided('', 'mini', []).decision, propensity: 1e-9 * (i + 1) } })],
    ],
    [
      'a cost of a part of a nano-dollar',
      i => [decision(i), { ...fact(i, 1), kind: 'attempted', attempt: attempt('mini', i === 4 ? 1.5 : 1) }],
    ],
    [
      'a cost beyond the exact numbers',
      i => [decision(i), { ...fact(i, 1), kind: 'attempted', attempt: attempt('mini', i === 4 ? 2 ** 60 : 1) }],
    ],
    ['a time between two milliseconds', i => [decision(i, { atMs: i + 0.5 })]],
    [
      'tokens of a reply that broke off',
      i => [
        decision(i),
        {
          ...fact(i, 1),
          kind: 'attempted',
          attempt: attempt('mini', 5, { status: 'broken', usage: { output: i % 2 } }),
        },
      ],
    ],
    [
      'what a failure did cost',
      i => [
        decision(i),
        { ...fact(i, 1), kind: 'labelled', evidence: { source: 'explicit', success: false, costNanoUsd: 100 + i } },
      ],
    ],
    [
      'a signal’s value',
      i => [
        decision(i),
        {
          ...fact(i, 1),
          kind: 'labelled',
          evidence: { source: 'explicit', success: false, signal: 'stars', value: i % 2 === 0 ? i : 'é' },
        },
      ],
    ],
    [
      'another revision than the row’s',
      i => [
        decision(i),
        { ...fact(i, i === 4 ? 7 : 1), kind: 'labelled', evidence: { source: 'explicit', success: true } },
      ],
    ],
    [
      'a model with the name of a meter',
      i => [
        decision(i, {
          prefix: {
            tokens: 5,
            earlierIntents: 0,
            term: { entryPpm: { input: i }, cachedTokens: {}, costNanoUsd: {}, averageNanoUsd: {} },
          },
        }),
        { ...fact(i, 1), kind: 'attempted', attempt: attempt('mini', 5, { usage: { input: i } }) },
      ],
    ],
    [
      'replies of one request and of several',
      i => [
        decision(i),
        ...[0, 1].map(k => ({
          ...fact(i, 1 + k),
          kind: 'attempted',
          attempt: attempt('mini', 5, { requestId: `r${i % 2 === 0 ? k : 0}` }),
        })),
      ],
    ],
  ])('records read by their texts equal those that are parsed, for %s', (_, make) => {
    const rows = intents(make);
    expect(byText(rows)).toEqual(byRecord(rows));
  });
});
