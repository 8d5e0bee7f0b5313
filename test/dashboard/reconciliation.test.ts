import { expect, test } from 'vitest';
import { aReconciliation } from './a-reconciliation.ts';
import { reconciliationMessage } from '../../src/dashboard/reconciliation.ts';
import type { ComparedBill } from '../../src/dashboard/reconciliation.ts';

test('the amounts are exact, the parts add up to the difference, and each part says whether it needs an answer', async () => {
  const message = reconciliationMessage({ atMs: 5, reconciliation: await aReconciliation() });
  expect(message).toMatchObject({ atMs: 5, billedUsd: '2.75', ledgerUsd: '0.00065', differenceUsd: '2.74935' });
  expect(message.parts.reduce((sum, { usd }) => sum + Number(usd), 0)).toBeCloseTo(2.74935, 9);
  expect(message.parts.find(({ title }) => title === 'tax')).toMatchObject({ usd: '0.25', isExpected: true });
  expect(message.parts.some(({ isExpected }) => !isExpected)).toBe(true);
});

test('the JSON that the command prints shows the same as the result itself', async () => {
  const reconciliation = await aReconciliation();
  const printed = JSON.stringify(reconciliation, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  const read = JSON.parse(printed) as typeof reconciliation;
  expect(reconciliationMessage({ atMs: 5, reconciliation: read })).toEqual(
    reconciliationMessage({ atMs: 5, reconciliation }),
  );
});

test.each([undefined, null, {}, { parts: [] }, { billedNanoUsd: 'x', ledgerNanoUsd: '1', parts: [] }, 'text'])(
  'any other JSON is refused with what would be accepted: %j',
  given => {
    const compared = { atMs: 5, reconciliation: given as unknown as ComparedBill['reconciliation'] };
    expect(() => reconciliationMessage(compared)).toThrow(
      /reconciliation: not the result of a comparison.*reconcile --json/,
    );
  },
);

test('a part of a kind that this version does not know is refused rather than shown without a name', async () => {
  const reconciliation = await aReconciliation();
  const parts = reconciliation.parts.map(part => ({ ...part, reason: 'toString' as typeof part.reason }));
  expect(() => reconciliationMessage({ atMs: 5, reconciliation: { ...reconciliation, parts } })).toThrow(
    /not the result of a comparison/,
  );
});
