import { describe, expect, test } from 'vitest';
import type { TableRecord } from '../../../src/replay/table/records.ts';
import { csvRecords, jsonRecords } from '../../../src/replay/table/records.ts';

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
