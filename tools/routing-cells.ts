/** Reads the results of the routing benchmark: names, labels, ratios, and whether two ratios differ significantly. */
import type { Cell, Row } from '../benchmarks/routing/measure.ts';
import { formatCount } from '../src/core/report/wording.ts';

/** The name of the router in the results. */
export const ROUTER = 'thompson';
/** The router in another setting, which does not count as a rival. */
export const APART = 'thompson, features apart';
const NAMES: Readonly<Record<string, string>> = {
  [ROUTER]: 'router',
  [APART]: 'router, features apart',
  'thompson, perfect verdict': 'router, perfect verdict',
  'random-mix': 'random mix',
  'epsilon-greedy': 'ε-greedy',
  'commit-after-20': 'n ≥ 20, then commit',
  'commit-after-100': 'n ≥ 100, then commit',
  'weighted-rule': 'fixed-weight rule',
};
export const FIXED: readonly string[] = ['always cheap', 'always premium'];

export function nameOf(policy: string): string {
  return NAMES[policy] ?? policy;
}

export function timesOf({ times }: Cell): string {
  return `${times < 2 ? Number(times.toFixed(1)) : formatCount(times)}×`;
}

export function labelOf(cell: Cell): string {
  return cell.on.includes('×') ? cell.on : `${cell.on}, ${timesOf(cell)}`;
}

export function rowOf(cell: Cell, policy: string): Row | undefined {
  return cell.policies.find(row => row.policy === policy);
}

/** @throws RangeError for a policy that was not measured: its name has changed, or the result is outdated */
export function measured(cell: Cell, policy: string): Row {
  const row = rowOf(cell, policy);
  if (row === undefined) throw new RangeError(`${labelOf(cell)} has no figures of "${policy}"`);
  return row;
}

/** NaN for a policy that was not measured. Rounded as it is shown, so that ratios that look equal compare as equal. */
export function ratioOf(cell: Cell, policy: string): number {
  return toShown(rowOf(cell, policy)?.ratio ?? Number.NaN);
}

export function toShown(ratio: number): number {
  return Number(ratio.toFixed(3));
}

/** Policies with the same information as the router: no oracle, no verdict. */
export function comparable(cells: readonly Cell[]): readonly string[] {
  const all = new Set(cells.flatMap(({ policies }) => policies.map(({ policy }) => policy)));
  return [...all].filter(policy => policy !== ROUTER && policy !== APART && !/oracle|verdict/.test(policy));
}

export function withError({ ratio, error = 0 }: Row): string {
  // A policy that does not depend on the order has at most a rounding error.
  if (error < 1e-9) return ratio.toFixed(3);
  return `${ratio.toFixed(3)} ± ${error < 0.0005 ? '<0.001' : error.toFixed(3)}`;
}

export function isClose(x: Row | undefined, y: Row | undefined): boolean {
  if (x === undefined || y === undefined) return false;
  return Math.abs(x.ratio - y.ratio) < 2 * Math.hypot(x.error ?? 0, y.error ?? 0);
}
