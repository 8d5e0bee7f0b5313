import { describe, expect, it } from 'vitest';
import { recordOfRow } from '../../../src/stores/postgres/ledger-rows.ts';
import { anIntent, must } from '../histories.ts';

const record = must(anIntent('a').records[1]);

describe('rows of the ledger', () => {
  it('a row is the record that its columns name', () => {
    expect(recordOfRow('a', 1, JSON.stringify(record))).toEqual(record);
  });

  it.each([
    ['another intent', JSON.stringify({ ...record, intentId: 'b' })],
    ['another revision', JSON.stringify({ ...record, revision: 2 })],
    ['a text that was cut off', JSON.stringify(record).slice(0, 20)],
    ['no record', 'null'],
  ])('a row with %s is damaged, and the error names it', (_, json) => {
    expect(() => recordOfRow('a', 1, json)).toThrow(/damaged: ledger \(intent "a", revision 1\)/);
  });
});
