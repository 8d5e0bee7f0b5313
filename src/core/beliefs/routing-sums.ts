/**
 * The sums of a cell that routing reads, as floats: an array while they are added up, an object with names when they are
 * read.
 */
import type { Cell, RoundedSums, SumName } from '../cells/cell.ts';
import type { GrowingSums } from '../cells/sums.ts';

/** Names in the order of the array. */
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
  'withPrefix',
  'netCost',
  'laterRequests',
] as const satisfies readonly SumName[];

export type RoutingSumName = (typeof ROUTING_SUMS)[number];
export type RoutingSums = Readonly<Record<RoutingSumName, number>> & {
  /** Visits that `cost` and `cost2` cover, where the price has changed; else they cover all `n`. */
  readonly costVisits?: number;
  /** Visits that `netCost` covers, where the price has changed; else it covers all `withPrefix`. */
  readonly netVisits?: number;
};

export function costVisitsOf({ costVisits, n }: RoutingSums): number {
  return costVisits ?? n;
}

export function netVisitsOf({ netVisits, withPrefix }: RoutingSums): number {
  return netVisits ?? withPrefix;
}

/** Requests of an intent at the node, on average; 1 where no session is known. */
export function meanRequests({ withPrefix, laterRequests }: RoutingSums): number {
  return 1 + laterRequests / (1 + withPrefix);
}

export const WIDTH: number = ROUTING_SUMS.length;

// Initialized with fractions: V8 stores a list of zeros as integers, and would convert it at the first sum.
const ZEROS = Array.from({ length: WIDTH }, () => 0.5);
for (const index of ZEROS.keys()) ZEROS[index] = 0;

/**
 * A list of zeros, one for each sum. A `Float64Array` of this size takes three pieces of memory, and a feature has dozens of such lists; a
 * year of cells that is read has thousands.
 */
export function zeroSums(): number[] {
  return ZEROS.slice();
}

export function nameSums(sums: readonly number[], weight: number): RoutingSums {
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
    withPrefix: weight * (sums[14] as number),
    netCost: weight * (sums[15] as number),
    laterRequests: weight * (sums[16] as number),
  };
}

/**
 * Copies the sums in the order of {@link ROUTING_SUMS}. Each is read by its name, because a loop would look up the sums of a year of cells
 * by hash.
 */
export function setFloats(floats: number[], sums: RoundedSums): void {
  floats[0] = Number(sums.n ?? 0);
  floats[1] = Number(sums.cost ?? 0);
  floats[2] = Number(sums.cost2 ?? 0);
  floats[3] = Number(sums.rejected ?? 0);
  floats[4] = Number(sums.ended ?? 0);
  floats[5] = Number(sums.labelled ?? 0);
  floats[6] = Number(sums.successes ?? 0);
  floats[7] = Number(sums.labelledRejected ?? 0);
  floats[8] = Number(sums.successesRejected ?? 0);
  floats[9] = Number(sums.audited ?? 0);
  floats[10] = Number(sums.auditedSuccesses ?? 0);
  floats[11] = Number(sums.auditedProxySuccesses ?? 0);
  floats[12] = Number(sums.auditedBothSuccesses ?? 0);
  floats[13] = Number(sums.failureDelayMs ?? 0);
  floats[14] = Number(sums.withPrefix ?? 0);
  floats[15] = Number(sums.netCost ?? 0);
  floats[16] = Number(sums.laterRequests ?? 0);
}

/** Sums of a node without visits. */
export const NO_SUMS: RoutingSums = Object.freeze(nameSums(zeroSums(), 0));

export function addRoutingSums(all: readonly RoutingSums[]): RoutingSums {
  const total = { ...NO_SUMS };
  for (const sums of all) for (const name of ROUTING_SUMS) total[name] += sums[name];
  if (all.every(({ costVisits }) => costVisits === undefined)) return total;
  const add = (visitsOf: (sums: RoutingSums) => number): number => all.reduce((sum, each) => sum + visitsOf(each), 0);
  return { ...total, costVisits: add(costVisitsOf), netVisits: add(netVisitsOf) };
}

/** The sums of a node, with and without weights by age. */
export interface NodeSums {
  readonly decayed: RoutingSums;
  readonly undecayed: RoutingSums;
}

export const NO_NODE_SUMS: NodeSums = { decayed: NO_SUMS, undecayed: NO_SUMS };

export function addNodeSums(all: readonly NodeSums[]): NodeSums {
  return {
    decayed: addRoutingSums(all.map(each => each.decayed)),
    undecayed: addRoutingSums(all.map(each => each.undecayed)),
  };
}

/** The node cells with the sums that routing reads, which may be empty. */
export function routingPart(cells: readonly Cell[]): readonly Cell[] {
  return cells.flatMap(({ key, sums }) => {
    if (key.scope !== 'node') return [];
    const read: GrowingSums = {};
    for (const name of ROUTING_SUMS) if (sums[name] !== undefined) read[name] = sums[name];
    return { key, sums: read };
  });
}
