import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { RouterError } from '../../../src/errors.ts';
import type { ReadTableOptions } from '../../../src/replay/table/read-table.ts';
import { readOutcomeTable } from '../../../src/replay/table/read-table.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const directory = temporaryFolder();

let files = 0;
function file(content: string | Buffer): string {
  const path = join(directory, `${files++}.csv`);
  writeFileSync(path, content);
  return path;
}

const HEADER = 'id,feature,model,success,cost_usd';
const GOOD = `${HEADER}\n1,f,mini,1,0.001\n1,f,premium,1,0.02\n2,f,mini,0,0.001\n`;

async function failure(content: string | Buffer, options?: ReadTableOptions): Promise<RouterError> {
  const error: unknown = await readOutcomeTable(file(content), options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!RouterError.isInstance(error)) throw new Error('no RouterError', { cause: error });
  return error;
}

describe('readOutcomeTable', () => {
  test('CSV, gzip and JSON lines give the same table', async () => {
    const plain = await readOutcomeTable(file(GOOD));
    const json = GOOD.trim()
      .split('\n')
      .slice(1)
      .map(line => {
        const [id, feature, model, success, cost_usd] = line.split(',');
        return JSON.stringify({ id, feature, model, success: Number(success), cost_usd: Number(cost_usd) });
      })
      .join('\n');
    expect(await readOutcomeTable(file(gzipSync(GOOD)))).toEqual(plain);
    expect(await readOutcomeTable(file(json))).toEqual(plain);
    expect(plain.rows).toBe(3);
    expect(plain.table.ids).toEqual(['1', '2']);
  });

  test('rows that are not selected are neither counted nor checked', async () => {
    const { table, rows } = await readOutcomeTable(file(`${GOOD}3,f,other,9,x\n`), {
      only: (_, model) => model !== 'other',
    });
    expect(rows).toBe(3);
    expect(table.models).toEqual(['mini', 'premium']);
  });

  test.each([
    ['a missing column', 'id,feature,model,cost_usd\n1,f,m,1\n', 'row 1, column success: the column is missing'],
    ['a success of 1.7', `${GOOD}3,f,mini,1.7,0.1\n`, 'row 5, column success: 1.7 is not between 0 and 1'],
    [
      'a model without a price',
      `${GOOD}3,f,mini,1,\n`,
      'row 5, column cost_usd: blank, and no price of "mini" is given',
    ],
    ['a duplicate id', `${GOOD}2,f,mini,1,0.1\n`, 'row 5, column id: a second answer of "mini" to request "2"'],
    ['a row that is too short', `${GOOD}3,f\n`, 'row 5: 2 fields where the header has 5'],
    ['an empty file', '', 'there are no rows to read'],
    ['a header alone', `${HEADER}\n`, 'there are no rows to read'],
  ])('%s is reported with its row and column', async (_, content, message) => {
    const error = await failure(content);
    expect(error.code).toBe('invalid-data');
    expect(error.message).toContain(message);
  });

  test('progress is reported with the rows read so far', async () => {
    const rows = Array.from({ length: 25_000 }, (_, i) => `${i},f,mini,1,0.001`);
    const reported: number[] = [];
    await readOutcomeTable(file([HEADER, ...rows].join('\n')), { progress: count => void reported.push(count) });
    // After the batch that reaches each ten thousand.
    expect(reported.map(count => Math.floor(count / 10_000))).toEqual([0, 1, 2]);
  });

  test('a truncated gzip is reported with the last row read', async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `${i},f,mini,1,0.00${(i * 7919) % 997}`);
    const whole = gzipSync([HEADER, ...rows].join('\n'));
    const error = await failure(whole.subarray(0, whole.length / 2));
    expect(error.message).toMatch(/the gzip ends too early, after row \d+/);
    const last = Number(/after row (\d+)/.exec(error.message)?.[1]);
    expect(last).toBeGreaterThan(1_000);
    expect(last).toBeLessThan(20_000);
  });

  test('a damaged gzip is reported as bad data, not as a system error', async () => {
    const whole = gzipSync(GOOD);
    whole[12] = (whole[12] ?? 0) ^ 0xff;
    expect((await failure(whole)).message).toContain('the gzip is damaged');
  });

  test('bad rows are dropped and counted with `skipBadRows`', async () => {
    const bad = `${GOOD}3,f,mini,1.7,0.1\n2,f,mini,1,0.1\n4,f\n5,f,mini,1,0.1\n`;
    const { table, rows, badRows, firstBadRow } = await readOutcomeTable(file(bad), { skipBadRows: true });
    expect({ rows, badRows }).toEqual({ rows: 7, badRows: 3 });
    expect(firstBadRow).toContain('row 5, column success');
    expect(table.ids).toEqual(['1', '2', '5']);
  });

  test('a file of bad rows only is an error even with `skipBadRows`', async () => {
    const error = await failure(`${HEADER}\n1,f,m,7,1\n`, { skipBadRows: true });
    expect(error.message).toContain('none of the 1 rows can be read');
  });

  test('a missing file is the system’s own error', async () => {
    await expect(readOutcomeTable(join(directory, 'absent'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
