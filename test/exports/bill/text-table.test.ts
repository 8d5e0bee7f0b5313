import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textTable } from '../../../src/exports/bill/text-table.ts';

test('law: every text has one number, by which it is read back, and no other text has that number', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 12 })), fc.string(), (texts, other) => {
      const table = textTable();
      const numbers = texts.map(table.add);
      expect(texts.map(table.add)).toEqual(numbers);
      expect(numbers.map(table.text)).toEqual(texts.map(text => text.toWellFormed()));
      expect(table.size).toBe(new Set(texts).size);
      if (!texts.includes(other)) expect(table.find(other)).toBe(-1);
    }),
  );
});

test('a hundred thousand texts are found again after the table has grown', () => {
  const table = textTable();
  for (let i = 0; i < 100_000; i++) expect(table.add(`request-${i}`)).toBe(i);
  for (let i = 0; i < 100_000; i += 997)
    expect([table.find(`request-${i}`), table.text(i)]).toEqual([i, `request-${i}`]);
  expect(table.add('x'.repeat(2_000_000))).toBe(100_000);
  expect(table.text(100_000)).toHaveLength(2_000_000);
});

test('texts beyond ASCII are found again after the table has grown, and none is mistaken for one with the same beginning', () => {
  const table = textTable();
  const texts = Array.from({ length: 9_000 }, (_, i) => `${['ü', 'ü€', '😀', 'x'][i % 4]}-${i}`);
  const numbers = texts.map(table.add);
  expect(texts.map(table.find)).toEqual(numbers);
  expect(['ü-', 'ü-00', '', 'u-0'].map(table.find)).toEqual([-1, -1, -1, -1]);
  expect(numbers.map(table.text)).toEqual(texts.map(text => text.toWellFormed()));
});

test('a text that starts with a space is distinguished from other texts', () => {
  const table = textTable();
  expect(['request-1', ' a day', ' ', ''].map(text => table.startsBlank(table.add(text)))).toEqual([
    false,
    true,
    true,
    false,
  ]);
});
