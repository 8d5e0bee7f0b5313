import { expect, test } from 'vitest';
import { DamagedRow } from '../../src/stores/sqlite-damage.ts';

test.each([
  [new Error('not JSON'), 'a row is damaged: ledger (revision 0): not JSON'],
  ['not its record', 'a row is damaged: ledger (revision 0): not its record'],
])('a damaged row is named together with its fault (%s)', (cause, message) => {
  const error = new DamagedRow('ledger (revision 0)', cause);
  expect([error.message, error.cause]).toEqual([message, cause]);
});
