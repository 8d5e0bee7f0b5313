import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TableRecord } from '../../../src/replay/table/records.ts';
import { csvRecords, jsonRecords } from '../../../src/replay/table/records.ts';
import { trials } from '../../support/trials.ts';

async function* chunksOf(text: string, size: number): AsyncGenerator<string> {
  for (let i = 0; i < text.length; i += size) yield text.slice(i, i + size);
}

async function all(batches: AsyncIterable<readonly TableRecord[]>): Promise<readonly TableRecord[]> {
  const records: TableRecord[] = [];
  for await (const batch of batches) records.push(...batch);
  return records;
}

const read = (record: TableRecord | undefined, ...columns: string[]): readonly string[] | undefined =>
  record?.kind === 'fields' ? columns.map(column => record.get(column)) : undefined;

describe('csvRecords', () => {
  test('CSV fields may contain quotes, commas and line ends, in chunks of any size', async () => {
    const text = 'id,Feature,note\n1,"a,b","say ""so""\nhere"\n2,c,\n';
    for (const size of [1, 7, 1000]) {
      const records = await all(csvRecords(chunksOf(text, size)));
      expect(records[0]).toMatchObject({ kind: 'header', row: 1, columns: ['id', 'feature', 'note'] });
      expect(read(records[1], 'id', 'feature', 'note')).toEqual(['1', 'a,b', 'say "so"\nhere']);
      expect(records[2]?.row).toBe(3);
      expect(read(records[2], 'missing')).toEqual(['']);
    }
  });

  test('a row with a wrong number of fields is reported, and the rows after it are read', async () => {
    const records = await all(csvRecords(chunksOf('a,b\n1\n1,2\n', 3)));
    expect(records.map(({ kind }) => kind)).toEqual(['header', 'broken', 'fields']);
    expect(records[1]).toMatchObject({ row: 2, problem: '1 fields where the header has 2' });
  });

  test('a misplaced quote breaks only its row', async () => {
    const records = await all(csvRecords(chunksOf('a,b\n1,x"y\n3,4\n', 50)));
    expect(records.filter(({ kind }) => kind === 'broken')).toHaveLength(1);
    expect(records.filter(({ kind }) => kind === 'fields')).toHaveLength(1);
  });
});

test('a CSV is the same with quotes, a byte order mark, other line ends and in chunks of any size', async () => {
  const field = fc.constantFrom('', 'a', ' b ', '1.5', 'several words', 'ä', 'x'.repeat(40));
  const quoted = fc.constantFrom('a,b', 'two\nlines', 'say "so"');
  const lines = fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.array(field, { minLength: 2, maxLength: 4 }) },
      fc.array(fc.oneof(field, quoted), { minLength: 2, maxLength: 4 }),
      fc.constant(['']),
    ),
    { minLength: 1, maxLength: 12 },
  );
  const styles = fc.record({
    end: fc.constantFrom('\n', '\r\n'),
    mark: fc.constantFrom('', '\uFEFF'),
    isEnded: fc.boolean(),
    size: fc.integer({ min: 1, max: 60 }),
  });
  const written = (value: string): string => (/["\n,]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  await fc.assert(
    fc.asyncProperty(lines, styles, async (table, { end, mark, isEnded, size }) => {
      const text = mark + table.map(fields => fields.map(written).join(',')).join(end) + (isEnded ? end : '');
      const records = await all(csvRecords(chunksOf(text, size)));
      const [header] = table.filter(fields => fields.length > 1);
      const expected = table.flatMap((fields, i) => {
        if (fields.length === 1) return [];
        const kind = fields === header ? 'header' : fields.length === header?.length ? 'fields' : 'broken';
        return [{ kind, row: i + 1, last: kind === 'fields' ? fields.at(-1)?.trim() : undefined }];
      });
      const names = header?.map(name => name.trim().toLowerCase()) ?? [];
      expect(
        records.map(record => ({
          kind: record.kind,
          row: record.row,
          last: record.kind === 'fields' ? record.get(names.at(-1) ?? '') : undefined,
        })),
      ).toEqual(expected);
    }),
    { numRuns: trials(300) },
  );
});

describe('jsonRecords', () => {
  test('JSON numbers, booleans and null are read as the same text as in a CSV', async () => {
    const records = await all(jsonRecords(chunksOf('{"id":7,"success":true,"cost_usd":null}\n\n{"id":"x"}', 5)));
    expect(read(records[0], 'id', 'success', 'cost_usd', 'toString')).toEqual(['7', '1', '', '']);
    expect(records[1]?.row).toBe(3);
  });

  test('a line that is not a JSON object is reported with its row', async () => {
    const records = await all(jsonRecords(chunksOf('{"id":1}\nnope\n3\n', 100)));
    expect(records.map(({ kind, row }) => `${kind} ${row}`)).toEqual(['fields 1', 'broken 2', 'broken 3']);
  });
});
