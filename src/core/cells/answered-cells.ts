/** The sum that several intents, each answered by its first attempt, add to the statistics. */
import type { AnsweredIntent } from '../ledger/answered-intent.ts';
import type { Decision } from '../ledger/vocabulary.ts';
import type { Cell, SumName } from './cell.ts';
import { BUCKET_MS } from './cell.ts';
import { contribution } from './contribution.ts';
import type { CellMap, GrowingSums } from './sums.ts';
import { addCell } from './sums.ts';

/** The sum of their contributions. */
export function answeredCells(intents: readonly AnsweredIntent[]): readonly Cell[] {
  const [first] = intents;
  // A task that awaits its calls mostly ends with one intent.
  if (first !== undefined && intents.length === 1) return contribution(first.intent());
  // Grouped by decision first: each intent may have a decision object of its own.
  const groups = new Map<Decision, SimilarIntents[]>();
  const cells: CellMap = new Map();
  for (const intent of intents) {
    if (intent.labelled !== undefined && intent.labelled.evidence.success !== true) {
      for (const cell of contribution(intent.intent())) addCell(cells, cell);
      continue;
    }
    const { decision } = intent.decided;
    const ofDecision = groups.get(decision);
    const group = ofDecision?.find(({ first }) => areSimilar(first, intent));
    if (group !== undefined) add(group, intent);
    else if (ofDecision !== undefined) ofDecision.push(groupOf(intent));
    else groups.set(decision, [groupOf(intent)]);
  }
  for (const ofDecision of groups.values())
    for (const group of ofDecision) for (const cell of cellsOf(group)) addCell(cells, cell);
  return [...cells.values()];
}

/** Intents whose contributions differ only in cost, with the sums of the powers of the cost. */
interface SimilarIntents {
  readonly first: AnsweredIntent;
  count: bigint;
  cost: bigint;
  cost2: bigint;
  cost3: bigint;
}

/**
 * Both intents have one decision and neither failed. An intent without a cost adds no sum of costs, and one with a session's
 * prefix is never similar, because the prefix has sums of its own.
 */
function areSimilar(a: AnsweredIntent, b: AnsweredIntent): boolean {
  const [x, y] = [a.decided, b.decided];
  return (
    x.feature === y.feature &&
    x.versions === y.versions &&
    x.segment === y.segment &&
    Math.floor(x.atMs / BUCKET_MS) === Math.floor(y.atMs / BUCKET_MS) &&
    a.attempt.node === b.attempt.node &&
    a.attempt.provenance === b.attempt.provenance &&
    a.attempt.servedBy === b.attempt.servedBy &&
    (a.attempt.costNanoUsd === 0) === (b.attempt.costNanoUsd === 0) &&
    x.prefix === undefined &&
    y.prefix === undefined &&
    areSameLabels(a, b)
  );
}

/** Beyond its cost, a success adds an amount that depends on the failure cost it avoided. */
function areSameLabels(
  { labelled: a, decided: x }: AnsweredIntent,
  { labelled: b, decided: y }: AnsweredIntent,
): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.evidence.escalated === b.evidence.escalated && x.failureCostNanoUsd === y.failureCostNanoUsd;
}

function groupOf(first: AnsweredIntent): SimilarIntents {
  const group = { first, count: 0n, cost: 0n, cost2: 0n, cost3: 0n };
  add(group, first);
  return group;
}

function add(group: SimilarIntents, { attempt }: AnsweredIntent): void {
  const cost = BigInt(attempt.costNanoUsd);
  const cost2 = cost * cost;
  group.count++;
  group.cost += cost;
  group.cost2 += cost2;
  group.cost3 += cost2 * cost;
}

/**
 * The contribution of the first intent, with cost-dependent sums added over all intents and the rest multiplied by their
 * number.
 */
function cellsOf(group: SimilarIntents): readonly Cell[] {
  const { first, count, cost, cost2, cost3 } = group;
  const powers: GrowingSums = { cost, cost2, cost3, estimatedCost: cost, costOfLabelled: cost };
  return contribution(first.intent()).map(({ key, sums }) => {
    const total: GrowingSums = {};
    for (const name in sums) total[name as SumName] = powers[name as SumName] ?? (sums[name as SumName] ?? 0n) * count;
    return { key, sums: total };
  });
}
