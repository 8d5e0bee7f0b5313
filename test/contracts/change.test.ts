import { describe, expect, it } from 'vitest';
import { checkChange } from '../../src/contracts/change.ts';
import { attempted, decided, history, NOON } from '../stores/histories.ts';

const { records } = history('a', 'support', [decided(NOON), attempted(NOON)]);
const change = { intentId: 'a', feature: 'support', expectedRevision: 0, records, delta: [], dueAtMs: null };

describe('a change', () => {
  it('may have records that continue its intent, or none', () => {
    expect(() => checkChange(change)).not.toThrow();
    expect(() => checkChange({ ...change, records: [], expectedRevision: 7, dueAtMs: NOON })).not.toThrow();
  });

  it.each([
    ['a revision that is no count', { expectedRevision: -1 }, 'change.expectedRevision'],
    ['a gap', { expectedRevision: 1 }, 'change.records[0]'],
    ['another intent', { intentId: 'b' }, 'change.records[0]'],
    ['another feature', { feature: 'other' }, 'change.records[0]'],
    ['a time that is none', { records: records.map(r => ({ ...r, atMs: Infinity })) }, 'change.records[0].atMs'],
    ['a due time that is none', { dueAtMs: Number.NaN }, 'change.dueAtMs'],
  ])('is refused with the place of %s', (_, wrong, path) => {
    expect(() => checkChange({ ...change, ...wrong })).toThrow(
      expect.objectContaining({ code: 'invalid-value', path }),
    );
  });
});
