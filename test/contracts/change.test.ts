import { describe, expect, it } from 'vitest';
import { checkChange } from '../../src/contracts/change.ts';
import { attempted, decided, history, NOON } from '../stores/histories.ts';

const { records } = history('a', 'support', [decided(NOON), attempted(NOON)]);
const change = { intentId: 'a', feature: 'support', expectedRevision: 0, records, delta: [], dueAtMs: null };

describe('checking a change', () => {
  it('a change may have records that continue its intent, or none', () => {
    expect(() => checkChange(change)).not.toThrow();
    expect(() => checkChange({ ...change, records: [], expectedRevision: 7, dueAtMs: NOON })).not.toThrow();
  });

  it.each([
    ['a negative revision', { expectedRevision: -1 }, 'change.expectedRevision'],
    ['a gap in the revisions', { expectedRevision: 1 }, 'change.records[0]'],
    ['a record of another intent', { intentId: 'b' }, 'change.records[0]'],
    ['a record of another feature', { feature: 'other' }, 'change.records[0]'],
    ['an infinite time', { records: records.map(r => ({ ...r, atMs: Infinity })) }, 'change.records[0].atMs'],
    ['a due time that is not a number', { dueAtMs: Number.NaN }, 'change.dueAtMs'],
  ])('a change with %s is refused, and the error has the path', (_, wrong, path) => {
    expect(() => checkChange({ ...change, ...wrong })).toThrow(
      expect.objectContaining({ code: 'invalid-value', path }),
    );
  });
});
