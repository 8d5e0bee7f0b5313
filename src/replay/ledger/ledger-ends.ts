/** Adds the decisions of a replay, with their outcomes, to their features' logs, in the order of time. */
import type { DecidedRecord } from '../../core/ledger/records.ts';
import { memoized } from '../common/memoized.ts';
import type { AskedTargets } from './asked-targets.ts';
import type { LedgerRun, ReplayQuestion } from './ledger-run.ts';
import { recordEnd, recordOutcome } from './ledger-run.ts';
import type { RecordColumns } from './record-columns.ts';
import { endOf } from './replay-outcome.ts';
import type { UsualIntents } from './usual-intents.ts';

export interface EndedIntents {
  readonly columns: RecordColumns;
  readonly usual: UsualIntents;
  readonly features: ReadonlyMap<string, LedgerRun>;
  readonly targets: AskedTargets;
  readonly question: ReplayQuestion;
  /** The differences from billed costs, by id. */
  readonly extraUsd: ReadonlyMap<string, number>;
}

/** Adds the intents' decisions to the log of one feature: the one they belong to now. */
export function recordEnds(
  run: LedgerRun,
  intents: Uint32Array,
  { columns, usual, features, targets, question, extraUsd }: EndedIntents,
): void {
  const { failureCostUsd } = question;
  for (const intent of intents) {
    const end = usual.end(intent);
    const { shape } = columns.decisionShape(intent);
    const target = targets.of(intent, (features.get(shape.feature) as LedgerRun).keys);
    if (end === undefined) {
      const whole = columns.intentAt(columns.lastOf(intent));
      recordOutcome(run, { intent: whole, target, question, extraUsd: extraUsd.get(whole.id) });
      continue;
    }
    const [propensity, failureCostNanoUsd] = columns.decisionNumbers(intent);
    const decision = { plan: shape.decision.plan, propensity, policy: shape.decision.policy };
    recordEnd(
      run,
      {
        decided: { decision, segment: shape.segment, failureCostNanoUsd, atMs: columns.decidedAtMs(intent) },
        outcome: endOf(end.outcome, { costNanoUsd: end.costNanoUsd, failureCostNanoUsd, failureCostUsd }),
        outcomeAtMs: end.outcomeAtMs,
      },
      { target, question },
    );
  }
}

/** The intents by the feature of their last decision, in their order. */
export function intentsByFeature(columns: RecordColumns, intents: Uint32Array): ReadonlyMap<string, Uint32Array> {
  const names = [...columns.plans.keys()];
  const indexes = new Map(names.map((name, index) => [name, index]));
  const indexOf = memoized(shape => indexes.get((columns.shapes[shape] as DecidedRecord).feature) as number);
  const ends = new Uint32Array(names.length);
  const add = (feature: number): number => (ends[feature] as number)++;
  for (const intent of intents) add(indexOf(columns.lastDecisionOf(intent)));
  let length = 0;
  for (const [feature, count] of ends.entries()) {
    ends[feature] = length;
    length += count;
  }
  const sorted = new Uint32Array(length);
  for (const intent of intents) sorted[add(indexOf(columns.lastDecisionOf(intent)))] = intent;
  return new Map(names.map((name, feature) => [name, sorted.subarray(ends[feature - 1] ?? 0, ends[feature])]));
}
