/** Cells of a period, and cells in steps of time, for trends and plots. */
import type { Cell, CellScope, Sums } from './cell.ts';
import { BUCKET_MS } from './cell.ts';
import type { GrowingSums } from './sums.ts';
import { addAt } from './sums.ts';

/**
 * From (included) until (excluded), milliseconds since the epoch. The start is rounded down to the hour, as cells are.
 */
export interface Period {
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** True for buckets that begin in the period. */
export function isIn({ fromMs = -Infinity, toMs = Infinity }: Period, bucket: number): boolean {
  const startMs = bucket * BUCKET_MS;
  return startMs >= Math.floor(fromMs / BUCKET_MS) * BUCKET_MS && startMs < toMs;
}

/** Start of the first bucket and end of the last one that a scope's cells have; `undefined` without cells. */
export function spanOf(cells: Iterable<Cell>, scope: CellScope = 'plan'): Required<Period> | undefined {
  let first = Infinity;
  let last = -Infinity;
  for (const { key } of cells) {
    if (key.scope !== scope) continue;
    if (key.bucket < first) first = key.bucket;
    if (key.bucket > last) last = key.bucket;
  }
  return first > last ? undefined : { fromMs: first * BUCKET_MS, toMs: (last + 1) * BUCKET_MS };
}

/** Hours that a step of a plot may have, so that steps begin at whole hours, days or weeks. */
const WIDTHS_H = [1, 2, 3, 6, 12, 24, 48, 168, 336, 672, 1344];

/** The narrowest step that divides a span into at most `most` steps, wherever the first one begins. Milliseconds. */
export function stepFor({ fromMs, toMs }: Required<Period>, most: number): number {
  const hours = (toMs - fromMs) / 3_600_000;
  const width = WIDTHS_H.find(each => Math.ceil(hours / each) < most) ?? Math.ceil(hours / most);
  return width * 3_600_000;
}

/** The plan cells of one step of time. */
export interface Step {
  readonly fromMs: number;
  /** Sums by plan; a plan without intents in this step has none. */
  readonly plans: ReadonlyMap<string, Sums>;
}

/** Plan cells in steps of `widthMs` (whole hours). A step without intents is kept, with no plans. */
export function stepsOf(cells: Iterable<Cell>, span: Required<Period>, widthMs: number): readonly Step[] {
  const firstMs = Math.floor(span.fromMs / widthMs) * widthMs;
  const count = Math.max(1, Math.ceil((span.toMs - firstMs) / widthMs));
  const plans = Array.from({ length: count }, () => new Map<string, GrowingSums>());
  for (const { key, sums } of cells) {
    if (key.scope !== 'plan' || !isIn(span, key.bucket)) continue;
    const step = Math.floor((key.bucket * BUCKET_MS - firstMs) / widthMs);
    addAt(plans[step] as Map<string, GrowingSums>, key.subject, sums);
  }
  return plans.map((each, i) => ({ fromMs: firstMs + i * widthMs, plans: each }));
}
