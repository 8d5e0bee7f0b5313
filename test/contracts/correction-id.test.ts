import { expect, it } from 'vitest';
import { correctionId } from '../../src/contracts/correction-id.ts';
import type { Cell, Sums } from '../../src/core/cells/cell.ts';

const cell = (bucket: number, sums: Sums): Cell => ({
  key: { scope: 'plan', feature: 'support', segment: '', subject: 'mini', version: '', bucket },
  sums,
});

it('a correction of the same cells gets the same id, whatever the order of the cells and their sums', () => {
  const id = correctionId('rebuild', [cell(1, { n: 1n, cost: 2n }), cell(2, { n: -1n })]);
  expect(id).toMatch(/^rebuild [\da-f]{64}$/);
  expect(correctionId('rebuild', [cell(2, { n: -1n }), cell(1, { cost: 2n, n: 1n })])).toBe(id);
});

it.each([
  ['another sum', [cell(1, { n: 2n })]],
  ['another name of the sum', [cell(1, { ended: 1n })]],
  ['another bucket', [cell(2, { n: 1n })]],
  ['another cell as well', [cell(1, { n: 1n }), cell(2, { n: 1n })]],
])('a correction with %s gets another id', (_, cells) => {
  expect(correctionId('rebuild', cells)).not.toBe(correctionId('rebuild', [cell(1, { n: 1n })]));
});
