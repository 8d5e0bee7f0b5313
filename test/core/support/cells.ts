/** Cells for tests: the contributions of intents that a test writes in one line each. */
import { appendRecord } from '../../../src/core/ledger/records.ts';
import type { Intent } from '../../../src/core/ledger/records.ts';
import { contribution } from '../../../src/core/cells/contribution.ts';
import type { Cell } from '../../../src/core/cells/cell.ts';
import type { CellMap } from '../../../src/core/cells/sums.ts';
import { addCell } from '../../../src/core/cells/sums.ts';
import type { Attempt, Evidence, Plan } from '../../../src/core/ledger/vocabulary.ts';
import { attempt, records } from './intents.ts';

export const SUCCESS: Evidence = { source: 'explicit', success: true };
export const FAILURE: Evidence = { source: 'explicit', success: false };

export interface Made {
  readonly plan?: Plan;
  readonly attempts?: readonly Attempt[];
  readonly evidence?: readonly Evidence[];
  /** Hours after AT_MS. */
  readonly hour?: number;
  readonly failureCostNanoUsd?: number;
  readonly versions?: Readonly<Record<string, string>>;
}

/** One intent; by default one attempt of `mini` at one cent. */
export function made({ plan = ['mini'], hour = 0, versions, ...parts }: Made): Intent {
  const list = records(plan, { attempts: [attempt(plan[0] ?? '', 10_000_000)], ...parts });
  const moved = list.map(record => ({ ...record, atMs: record.atMs + hour * 3_600_000 }));
  const first = moved[0];
  if (first?.kind !== 'decided') throw new Error('the first record decides');
  return [{ ...first, ...(versions === undefined ? {} : { versions }) }, ...moved.slice(1)].reduce<Intent | undefined>(
    appendRecord,
    undefined,
  ) as Intent;
}

/** `count` intents of one kind. */
export function many(count: number, what: Made): readonly Intent[] {
  return Array.from({ length: count }, () => made(what));
}

/** The cells that a store has after all of these intents. */
export function cellsOf(...intents: readonly (readonly Intent[])[]): readonly Cell[] {
  const cells: CellMap = new Map();
  for (const cell of intents.flat().flatMap(contribution)) addCell(cells, cell);
  return [...cells.values()];
}
