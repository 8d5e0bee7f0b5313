import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from '../../../src/stores/postgres/cursors.ts';

describe('cursors', () => {
  it('a cursor is read as it was written by a store on the same ledger', () => {
    const cursor = { lower: '10:20:15', position: ['12', 'an id with "quotes" and spaces', 3] };
    expect(decodeCursor('ledger.1', encodeCursor('ledger.1', cursor))).toEqual(cursor);
  });

  it.each(['', 'junk', 'ledger.1', 'ledger.1 {"lower', encodeCursor('ledger.2', {})])(
    'a cursor of another ledger, or a text that is not a cursor, is expired: %j',
    cursor => {
      expect(() => decodeCursor('ledger.1', cursor)).toThrow(expect.objectContaining({ code: 'cursor-expired' }));
    },
  );
});
