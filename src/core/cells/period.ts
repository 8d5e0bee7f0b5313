/** Cells of a period, and cells over time: what trends and plots are made from. */
import type { Cell, CellScope, Sums } from './cell.ts';
import { BUCKET_MS } from './cell.ts';
import type { GrowingSums } from './sums.ts';
import { addAt } from './sums.ts';

/** From (included) until (excluded), milliseconds since the epoch; whole hours, because cells are. */
export interface Period {
  readonly fromMs?: number;
  readonly toMs?: number;
}

/** True for cells whose intents were decided in the period: every bucket that begins in it. */
export function isIn({ fromMs = -Infinity, toMs = Infinity }: Period, bucket: number): boolean {
  const startMs = bucket * BUCKET_MS;
  return startMs >= Math.floor(fromMs / BUCKET_MS) * BUCKET_MS && startMs < toMs;
}

/** First and end moment of the buckets that the cells of a scope have; `undefined` without any. */
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

/** Widths a plot may have, so that its edges are hours, days or weeks. */
const WIDTHS_H = [1, 2, 3, 6, 12, 24, 48, 168, 336, 672, 1344];

/** The narrowest of them that makes at most `most` steps of a span. Milliseconds. */
export function stepFor({ fromMs, toMs }: Required<Period>, most: number): number {
  const hours = (toMs - fromMs) / 3_600_000;
  const width = WIDTHS_H.find(each => Math.ceil(hours / each) < most) ?? Math.ceil(hours / most);
  return width * 3_600_000;
}

/** The plan cells of one step of time. */
export interface Step {
  readonly fromMs: number;
  /** Sums per plan, plans without intents in this step left out. */
  readonly plans: ReadonlyMap<string, Sums>;
}

/** Plan cells over time, in steps of `widthMs` (whole hours); steps without intents are kept, empty. */
export function stepsOf(cells: Iterable<Cell>, span: Required<Period>, widthMs: number): readonly Step[] {
  const firstMs = Math.floor(span.fromMs / widthMs) * widthMs;
  const count = Math.max(1, Math.ceil((span.toMs - firstMs) / widthMs));
  const plans = Array.from({ length: count }, () => new Map<string, GrowingSums>());
  for (const { key, sums } of cells) {
    if (key.scope !== 'plan' || !isIn(span, key.bucket)) continue;
    const step = plans[Math.floor((key.bucket * BUCKET_MS - firstMs) / widthMs)];
    if (step !== undefined) addAt(step, key.subject, sums);
  }
  return plans.map((each, i) => ({ fromMs: firstMs + i * widthMs, plans: each }));
}
