/** The sums of a cell that routing reads, as floats: in an array where they are added up, named where they are read. */
import type { Cell, SumName } from '../cells/cell.ts';
import type { GrowingSums } from '../cells/sums.ts';

/** In the order of the array. */
export const ROUTING_SUMS = [
  'n',
  'cost',
  'cost2',
  'rejected',
  'ended',
  'labelled',
  'successes',
  'labelledRejected',
  'successesRejected',
  'audited',
  'auditedSuccesses',
  'auditedProxySuccesses',
  'auditedBothSuccesses',
  'failureDelayMs',
] as const satisfies readonly SumName[];
export type RoutingSumName = (typeof ROUTING_SUMS)[number];
export type RoutingSums = Readonly<Record<RoutingSumName, number>> & {
  /** Visits that `cost` and `cost2` are of, where the price has changed; else they are of all `n`. */
  readonly costVisits?: number;
};

export function costVisitsOf({ costVisits, n }: RoutingSums): number {
  return costVisits ?? n;
}

export const WIDTH: number = ROUTING_SUMS.length;

export function nameSums(sums: Float64Array, weight: number): RoutingSums {
  return {
    n: weight * (sums[0] as number),
    cost: weight * (sums[1] as number),
    cost2: weight * (sums[2] as number),
    rejected: weight * (sums[3] as number),
    ended: weight * (sums[4] as number),
    labelled: weight * (sums[5] as number),
    successes: weight * (sums[6] as number),
    labelledRejected: weight * (sums[7] as number),
    successesRejected: weight * (sums[8] as number),
    audited: weight * (sums[9] as number),
    auditedSuccesses: weight * (sums[10] as number),
    auditedProxySuccesses: weight * (sums[11] as number),
    auditedBothSuccesses: weight * (sums[12] as number),
    failureDelayMs: weight * (sums[13] as number),
  };
}

/** Sums of a node without visits. */
export const NO_SUMS: RoutingSums = Object.freeze(nameSums(new Float64Array(WIDTH), 0));

export function addRoutingSums(all: readonly RoutingSums[]): RoutingSums {
  const total = { ...NO_SUMS };
  for (const sums of all) for (const name of ROUTING_SUMS) total[name] += sums[name];
  if (all.every(({ costVisits }) => costVisits === undefined)) return total;
  return { ...total, costVisits: all.reduce((visits, sums) => visits + costVisitsOf(sums), 0) };
}

/** What routing reads of cells: those of nodes, with the sums that it reads, which may be none. */
export function routingPart(cells: readonly Cell[]): readonly Cell[] {
  return cells.flatMap(({ key, sums }) => {
    if (key.scope !== 'node') return [];
    const read: GrowingSums = {};
    for (const name of ROUTING_SUMS) if (sums[name] !== undefined) read[name] = sums[name];
    return { key, sums: read };
  });
}
