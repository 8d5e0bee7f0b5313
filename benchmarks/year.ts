/** The statistics of a year, as a store keeps them after maintenance: hours, then days, then weeks of every place. */
import type { Cell, CellKey, Sums } from '../src/core/cells/cell.ts';
import { BUCKET_MS } from '../src/core/cells/cell.ts';
import { canonical, grainsAt } from '../src/core/cells/grains.ts';
import { seededRandom } from '../src/core/math/random.ts';

export interface YearOptions {
  readonly feature: string;
  readonly segments: readonly string[];
  /** By model name, the cheapest first. */
  readonly versions: Readonly<Record<string, string>>;
  readonly nowMs: number;
}

const HOURS = 365 * 24;

/** Every node and plan of two models has traffic in every hour. Models differ in cost and success, and features a little. */
export function yearOfCells({ feature, segments, versions, nowMs }: YearOptions): readonly Cell[] {
  const [cheap = '', best = ''] = Object.keys(versions);
  const random = seededRandom(feature);
  const grains = grainsAt(nowMs);
  const last = Math.floor(nowMs / BUCKET_MS);
  const buckets = new Map<number, { readonly at: Pick<CellKey, 'bucket' | 'grain'>; hours: number }>();
  for (let hour = last - HOURS; hour <= last; hour++) {
    const at = canonical(hour, grains);
    const known = buckets.get(at.bucket);
    if (known === undefined) buckets.set(at.bucket, { at, hours: 1 });
    else known.hours++;
  }
  const ease = 0.1 * random.next();
  const nodes = [
    { subject: cheap, version: versions[cheap] ?? '', success: 0.75 + ease, costNanoUsd: 700_000 },
    { subject: best, version: versions[best] ?? '', success: 0.88 + ease, costNanoUsd: 9_000_000 },
    { subject: `${cheap}>${best}`, version: versions[best] ?? '', success: 0.7 + ease, costNanoUsd: 9_500_000 },
  ];
  const cells: Cell[] = [];
  for (const segment of segments)
    for (const { at, hours } of buckets.values()) {
      for (const { success, costNanoUsd, ...node } of nodes) {
        const n = Math.round(hours * (10 + 20 * random.next()));
        const sums = sumsOf(n, { costNanoUsd, successes: Math.round(n * (success + 0.1 * (random.next() - 0.5))) });
        cells.push({ key: { scope: 'node', feature, segment, ...node, ...at }, sums });
        cells.push({
          key: { scope: 'plan', feature, segment, subject: node.subject, version: '', ...at },
          sums: { ...sums, failureCost: BigInt(n) * 1_000_000_000n, attempts: BigInt(n), requests: BigInt(n) },
        });
      }
    }
  return cells;
}

function sumsOf(n: number, { costNanoUsd, successes }: { costNanoUsd: number; successes: number }): Sums {
  const [count, cost] = [BigInt(n), BigInt(costNanoUsd)];
  return {
    n: count,
    cost: count * cost,
    cost2: count * cost * cost * 2n,
    cost3: count * cost * cost * cost * 6n,
    ended: count,
    labelled: count,
    successes: BigInt(successes),
    costOfLabelled: count * cost,
    costOfFailures: (count - BigInt(successes)) * cost,
    failureDelayMs: (count - BigInt(successes)) * 3_600_000n,
  };
}
