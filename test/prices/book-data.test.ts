import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ADDRESSES, BOOK_VERSION, PROVIDERS } from '../../src/prices/book-data.ts';
import { bookData } from '../../tools/price-book.ts';

test('the file equals the data of the installed package: after an update, `npm run price-book` writes it again', async () => {
  const file = readFileSync(new URL('../../src/prices/book-data.ts', import.meta.url), 'utf8');
  // Not compared by the assertion, which would show 300 kB of difference.
  expect(file.length).toBe((await bookData()).length);
  expect(file === (await bookData())).toBe(true);
});

test('every provider has a pattern of its addresses, and the name of the book includes the version', () => {
  expect(Object.keys(PROVIDERS)).toEqual(Object.keys(ADDRESSES));
  expect(Object.keys(PROVIDERS)).toContain('openai');
  expect(BOOK_VERSION).toMatch(/^\d+\.\d+\.\d+$/);
});
