import { expect, test } from 'vitest';
import { openDuckDb, sqlText } from '../../../src/exports/archive/duckdb.ts';

test('texts and 64-bit integers are returned from DuckDB unchanged', async () => {
  const db = await openDuckDb();
  const texts = ["it's", 'a "quote"', 'tab\tand\nline', '漢字 🙂', ''];
  const numbers = [0n, -1n, 2n ** 63n - 1n, -(2n ** 63n), 5n];
  const columns = [
    { name: 'text', type: 'VARCHAR' },
    { name: 'number', type: 'BIGINT' },
  ] as const;
  await db.makeTable({ name: 'given', columns, values: [texts, numbers] });
  const rows = await db.rows('SELECT text, number FROM given');
  expect(new Set(rows.map(row => JSON.stringify(row.map(String))))).toEqual(
    new Set(texts.map((text, index) => JSON.stringify([text, String(numbers[index])]))),
  );
  expect(await db.rows(`SELECT number FROM given WHERE text = ${sqlText("it's")}`)).toEqual([[0n]]);
  await db.close();
});

test('a long answer comes in parts while other queries run, and its reader may stop early', async () => {
  const db = await openDuckDb();
  let seen = 0;
  for await (const part of db.stream('SELECT range FROM range(10000)')) {
    expect(await db.rows('SELECT 1')).toEqual([[1]]);
    seen += part.length;
  }
  expect(seen).toBe(10_000);
  for await (const part of db.stream('SELECT range FROM range(1000000)')) {
    expect(part.length).toBeLessThan(10_000);
    break;
  }
  await db.close();
});

test('a table of any number of rows replaces the one before, and an empty one is empty', async () => {
  const db = await openDuckDb();
  const columns = [{ name: 'n', type: 'INTEGER' }] as const;
  for (const count of [5_000, 0, 1]) {
    await db.makeTable({ name: 'numbers', columns, values: [Array.from({ length: count }, (_, index) => index)] });
    expect(await db.rows('SELECT count(*) FROM numbers')).toEqual([[BigInt(count)]]);
  }
  await db.close();
});

test('a sum that no integer holds is an error', async () => {
  const db = await openDuckDb();
  await expect(db.rows(`SELECT sum(170141183460469231731687303715884105727::HUGEINT) FROM range(2)`)).rejects.toThrow();
  await db.close();
});

test('closing waits for the answers that are in progress', async () => {
  const own = await openDuckDb();
  const answers = Array.from({ length: 4 }, async () => own.rows('SELECT sum(range) FROM range(3000000)'));
  await own.close();
  expect(await Promise.all(answers)).toHaveLength(4);
});
