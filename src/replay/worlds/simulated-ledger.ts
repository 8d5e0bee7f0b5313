/** A ledger of a simulated world whose true costs are known, to check estimates that are made from a ledger. */
import { createLearnedFeature } from '../../core/beliefs/learned-feature.ts';
import type { LedgerRecord } from '../../core/ledger/records.ts';
import { toNanoUsd } from '../../core/ledger/money.ts';
import { seededRandom } from '../../core/math/random.ts';
import { contributionDelta } from '../../core/cells/contribution.ts';
import type { FeatureView, Policy } from '../../contracts/policy.ts';
import type { PlanResult } from '../common/answered-intent.ts';
import { followPlan, labelledIntent, SIMULATION_START_MS } from '../common/answered-intent.ts';
import type { World } from './world.ts';
import { arrivalIn } from './world.ts';
import { allPlans } from '../../core/ledger/plan-set.ts';

export interface SimulatedLedger {
  readonly records: readonly LedgerRecord[];
  /** Like a store's `scan`. */
  scan(): AsyncIterable<LedgerRecord>;
}

/**
 * Runs a policy in a world and keeps the records that a router would have logged.
 *
 * @example
 * ```ts
 * const ledger = simulatedLedger(world, thompson({ floor: 'evaluation' }), { intents: 8_000, seed: 1 });
 * const replay = await replayLedger(ledger, fixed('premium'));
 * ```
 */
export function simulatedLedger(
  world: World,
  policy: Policy,
  {
    intents,
    seed,
    stepMs = 10_000,
  }: { readonly intents: number; readonly seed: string | number; readonly stepMs?: number },
): SimulatedLedger {
  const feature = world.name;
  const random = seededRandom(seed);
  const streams = { world: random.fork('world'), policy: random.fork('policy') };
  const learned = createLearnedFeature({ feature, plans: world.plans, priorCostUsd: world.priorCostUsd });
  const judgeNanoUsd = toNanoUsd(world.judgeCostUsd);
  const records: LedgerRecord[] = [];
  const view: { -readonly [Key in keyof FeatureView]: FeatureView[Key] } = {
    feature,
    plans: world.plans,
    eligible: allPlans(world.plans.length),
    failureCostUsd: world.failureCostUsd,
    objective: 'cost-per-intent',
    learned: learned.segment(''),
    nowMs: SIMULATION_START_MS,
  };
  for (let step = 0; step < intents; step++) {
    const atMs = SIMULATION_START_MS + step * stepMs;
    view.nowMs = atMs;
    const { segment, failureCostUsd } = arrivalIn(world, step, streams.world);
    view.learned = learned.segment(segment);
    view.failureCostUsd = failureCostUsd;
    const decision = policy.decide(view, streams.policy);
    const reply = world.intent(step, streams.world, { segment, failureCostUsd });
    const result: PlanResult = followPlan(decision.plan, {
      nowMs: atMs,
      judgeNanoUsd,
      ask: model => {
        const { costUsd, success, accepted } = reply(model);
        return { costNanoUsd: toNanoUsd(costUsd), success, accepted };
      },
    });
    const intent = labelledIntent({
      id: `${seed}-${step}`,
      feature,
      segment,
      decision,
      result,
      atMs,
      failureCostNanoUsd: toNanoUsd(failureCostUsd),
      versions: NO_VERSIONS,
    });
    learned.apply(contributionDelta(undefined, intent), atMs);
    const fact = { intentId: intent.id, feature, atMs };
    records.push(intent.decided);
    result.attempts.forEach((attempt, i) => records.push({ ...fact, kind: 'attempted', revision: i + 1, attempt }));
    const [evidence] = intent.evidence;
    if (evidence !== undefined) {
      records.push({ ...fact, kind: 'labelled', revision: result.attempts.length + 1, evidence });
    }
  }
  return {
    records,
    async *scan() {
      yield* records;
    },
  };
}

const NO_VERSIONS = Object.freeze({});
