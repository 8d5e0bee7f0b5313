import { expect, it } from 'vitest';
import type { BillRow } from '../../../src/exports/bill/bill-row.ts';
import { readRows } from '../../../src/exports/bill/read-rows.ts';

const DAY = 86_400_000;
const FROM = Date.UTC(2026, 10, 20);
const day = (startMs: number, more: Partial<BillRow> = {}): BillRow => ({
  requestId: undefined,
  model: 'premium-1',
  meter: 'Output Tokens',
  startMs,
  endMs: startMs + DAY,
  cost: 1n,
  quantity: undefined,
  ...more,
});

it('a period that is only partly in the range is set aside, and the compared range is shortened accordingly', async () => {
  const days = [-1, 0, 1, 2, 3].map(index => day(FROM + index * DAY));
  const range = { fromMs: FROM + DAY / 2, toMs: FROM + 2.5 * DAY };
  const { items, setAside, edges } = await readRows(days, range);
  expect([items.count, setAside]).toEqual([1, [{ kind: 'other-period', rows: 4, cost: 4n }]]);
  expect(edges).toEqual({ firstEndMs: FROM + DAY, lastStartMs: FROM + 2 * DAY });
  const whole = await readRows(days, { fromMs: FROM, toMs: FROM + 2 * DAY });
  expect([whole.items.count, whole.edges]).toEqual([2, { firstEndMs: -Infinity, lastStartMs: Infinity }]);
});

it('a row of a request is read if its hour overlaps the range', async () => {
  const { items } = await readRows([day(FROM, { requestId: 'r' })], { fromMs: FROM + DAY / 2 });
  expect(items.count).toBe(1);
});

it('the vendors of a bill are known only if every row states its own', async () => {
  const of = async (rows: readonly BillRow[]) => [...(await readRows(rows, {})).vendors];
  const [openai, anthropic] = [day(FROM, { vendor: 'openai' }), day(FROM, { vendor: 'anthropic' })];
  expect(await of([openai, anthropic])).toEqual(['openai', 'anthropic']);
  expect(await of([openai, day(FROM)])).toEqual([]);
});
