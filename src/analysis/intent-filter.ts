/** Selects the intents of a list, and the parts of a ledger that can hold them. */
import type { Cell } from '../core/cells/cell.ts';
import { BUCKET_MS } from '../core/cells/cell.ts';
import { contribution } from '../core/cells/contribution.ts';
import { hoursIn } from '../core/cells/grains.ts';
import type { Period } from '../core/cells/period.ts';
import { toNanoUsd } from '../core/ledger/money.ts';
import type { Intent } from '../core/ledger/records.ts';
import type { OutcomeState } from '../core/ledger/vocabulary.ts';
import { modelOfNode } from '../core/ledger/vocabulary.ts';
import { spendOf } from './intent-summary.ts';

/** An intent has to fit every field that is present. */
export interface IntentFilter {
  readonly outcome?: OutcomeState;
  readonly session?: string;
  /** The intent went on to a further model of its plan. */
  readonly climbed?: boolean;
  /** The intent's model spend is at least this, USD. */
  readonly minSpendUsd?: number;
  /** Configured name of a model that answered. */
  readonly model?: string;
  /** Version (model, price and prompt) that answered, as the statistics name it. */
  readonly version?: string;
}

export function isWanted(intent: Intent, filter: IntentFilter): boolean {
  const { outcome, session, climbed, minSpendUsd, model, version } = filter;
  if (outcome !== undefined && intent.outcome.state !== outcome) return false;
  if (session !== undefined && intent.decided.session !== session) return false;
  if (climbed === true && !intent.attempts.some(({ kind }) => kind === 'escalation')) return false;
  if (minSpendUsd !== undefined && spendOf(intent.attempts) < BigInt(toNanoUsd(minSpendUsd))) return false;
  if (model === undefined && version === undefined) return true;
  return contribution(intent).some(cell => hasAnswered(cell, filter));
}

function hasAnswered({ key }: Cell, { model, version }: IntentFilter): boolean {
  if (key.scope !== 'node') return false;
  return (
    (model === undefined || modelOfNode(key.subject) === model) && (version === undefined || key.version === version)
  );
}

/**
 * Whether the statistics can show in which periods no intent passes the filter. Intents without an attempt are not in the statistics, so a
 * list by outcome has only the intents that the statistics count.
 */
export function isInStatistics({ outcome, climbed, minSpendUsd = 0, model, version }: IntentFilter): boolean {
  const byNode = model !== undefined || version !== undefined;
  return outcome !== undefined || climbed === true || minSpendUsd > 0 || byNode;
}

/**
 * The parts of the period in which, by a feature's statistics, an intent may pass the filter; the latest first.
 *
 * @param filter - A filter for which {@link isInStatistics} is true
 */
export function periodsWith(
  cells: Iterable<Cell>,
  filter: IntentFilter,
  { fromMs = -Infinity, toMs = Infinity }: Period,
): readonly Required<Period>[] {
  const byNode = filter.model !== undefined || filter.version !== undefined;
  const ends = new Map<number, number>();
  const answered = new Set<number>();
  for (const cell of cells) {
    const { key, sums } = cell;
    if (byNode && hasAnswered(cell, filter)) answered.add(key.bucket);
    if (key.scope !== 'plan' || !mayPass(sums, filter)) continue;
    ends.set(key.bucket, Math.max(ends.get(key.bucket) ?? 0, key.bucket + hoursIn(key)));
  }
  const periods: { fromMs: number; toMs: number }[] = [];
  for (const [start, end] of [...ends].sort(([a], [b]) => a - b)) {
    if (byNode && !answered.has(start)) continue;
    const last = periods.at(-1);
    const [from, to] = [Math.max(fromMs, start * BUCKET_MS), Math.min(toMs, end * BUCKET_MS)];
    if (from >= to) continue;
    if (last !== undefined && from <= last.toMs) last.toMs = Math.max(last.toMs, to);
    else periods.push({ fromMs: from, toMs: to });
  }
  return periods.toReversed();
}

/**
 * A climb shows as a second attempt. `cost3` is the sum of cubed costs: an intent above the minimum adds at least the cube of that minimum.
 */
function mayPass(sums: Cell['sums'], { outcome, climbed, minSpendUsd = 0 }: IntentFilter): boolean {
  const { n = 0n, attempts = 0n, cost3 = 0n } = sums;
  if (outcome !== undefined && countOf(sums, outcome) <= 0n) return false;
  return (climbed !== true || attempts > n) && cost3 >= BigInt(toNanoUsd(minSpendUsd)) ** 3n;
}

/** How many intents of a feature had a given outcome, by its statistics. */
export function intentsWith(cells: Iterable<Cell>, outcome: OutcomeState): bigint {
  let count = 0n;
  for (const { key, sums } of cells) if (key.scope === 'plan') count += countOf(sums, outcome);
  return count;
}

function countOf({ n = 0n, labelled = 0n, successes = 0n, unknown = 0n }: Cell['sums'], outcome: OutcomeState): bigint {
  switch (outcome) {
    case 'success':
      return successes;
    case 'failure':
      return labelled - successes;
    case 'unknown':
      return unknown;
    case 'pending':
      return n - labelled - unknown;
  }
}
