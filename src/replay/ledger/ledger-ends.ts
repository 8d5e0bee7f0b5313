/** Adds the decisions of a replay, with their outcomes, to their features' logs, in the order of time. */
import { NANO_PER_USD } from '../../core/ledger/money.ts';
import type { DecidedRecord } from '../../core/ledger/records.ts';
import type { PlanKey } from '../../core/ledger/vocabulary.ts';
import { planKey } from '../../core/ledger/vocabulary.ts';
import { memoized } from '../common/memoized.ts';
import type { AskedTargets } from './asked-targets.ts';
import { BEFORE_AUDIT } from './decision-log.ts';
import type { LedgerRun, ReplayQuestion } from './ledger-run.ts';
import { checkPropensity, countLeftOut, recordOutcome } from './ledger-run.ts';
import { endOf, NO_OUTCOME } from './replay-outcome.ts';
import type { RecordColumns } from './record-columns.ts';
import type { UsualEnd, UsualIntents } from './usual-intents.ts';

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
  const addUsual = usualEnds(run, { columns, features, targets, question });
  for (const intent of intents) {
    const end = usual.end(intent);
    if (end !== undefined) {
      addUsual(intent, end);
      continue;
    }
    const whole = columns.intentAt(columns.lastOf(intent));
    const { feature } = columns.decisionShape(intent).shape;
    const target = targets.of(intent, (features.get(feature) as LedgerRun).keys);
    recordOutcome(run, { intent: whole, target, question, extraUsd: extraUsd.get(whole.id) });
  }
}

/** {@link recordOutcome} for usual intents, without an object for each. */
function usualEnds(
  run: LedgerRun,
  { columns, features, targets, question }: Pick<EndedIntents, 'columns' | 'features' | 'targets' | 'question'>,
): (intent: number, end: UsualEnd) => void {
  const { kept } = run;
  const { failureCostUsd } = question;
  /** What the decisions of a shape share: their plan and their segment in the log, and there the plans of their feature. */
  const shared = memoized(index => {
    const { decision, segment, feature } = columns.shapes[index] as DecidedRecord;
    const own = { plan: kept.planIndex(planKey(decision.plan)), segment: kept.segmentIndex(segment) };
    const { keys } = features.get(feature) as LedgerRun;
    return { ...own, planIndex: memoized(plan => kept.planIndex(keys[plan] as PlanKey)) };
  });

  return (intent, { outcome, outcomeAtMs, costNanoUsd }) => {
    const { index, shape } = columns.decisionShape(intent);
    const atMs = columns.decidedAtMs(intent);
    const [propensity, failureCostNanoUsd] = columns.decisionNumbers(intent);
    const ended = endOf(outcome, { costNanoUsd, failureCostNanoUsd, failureCostUsd });
    if (ended !== undefined) run.delaysMs.push((outcomeAtMs ?? atMs) - atMs);
    const { policy } = shape.decision;
    if (targets.isLeftOut(intent)) {
      countLeftOut(run, { policy });
      return;
    }
    checkPropensity(run, { policy, propensity });
    const { plan, segment, planIndex } = shared(index);
    const end = targets.from(intent + 1);
    for (let at = targets.from(intent); at < end; at++)
      kept.addTarget(planIndex(targets.planAt(at)), targets.shareAt(at));
    const { spendUsd: billed, failureUsd, failed } = ended ?? NO_OUTCOME;
    const spendUsd = Math.max(0, billed);
    kept.add({
      plan,
      segment,
      propensity,
      failureCostUsd: failureCostUsd ?? failureCostNanoUsd / NANO_PER_USD,
      spendUsd,
      billedUsd: spendUsd,
      failureUsd,
      failed,
      beforeAudit: BEFORE_AUDIT.notAudited,
    });
    run.keptAtMs.push(atMs);
    run.hasOutcome.push(ended === undefined ? 0 : 1);
  };
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
