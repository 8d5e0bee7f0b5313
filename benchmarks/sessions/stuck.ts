/** The router on agents that get stuck: with the plan that climbs at an alarm among its choices, and without. */
import type { Plan } from '../../src/core/ledger/vocabulary.ts';
import { contributionDelta } from '../../src/core/cells/contribution.ts';
import { createLearnedFeature } from '../../src/core/beliefs/learned-feature.ts';
import { plansWithAlarms } from '../../src/core/beliefs/plan-graph.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { toNanoUsd } from '../../src/core/ledger/money.ts';
import { allPlans } from '../../src/core/ledger/plan-set.ts';
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import { foldIntent } from '../../src/core/ledger/records.ts';
import { priorPooling } from '../../src/replay/common/prior-pooling.ts';
import { thompson } from '../../src/policies/thompson.ts';
import type { StuckPlan, StuckWorld } from './stuck-worlds.ts';
import { costPerIntentOf, drawIntent, failureUsdOf, STUCK_PLANS } from './stuck-worlds.ts';

const START_MS = Date.UTC(2026, 10, 1);
const INTENT_EVERY_MS = 60_000;

/**
 * Expected cost per intent, USD, over this many intents.
 * @param learnsToClimb the plan that climbs is among the choices; otherwise only the two models are
 */
export function learnStuck(
  world: StuckWorld,
  { learnsToClimb, intents, seed }: { learnsToClimb: boolean; intents: number; seed: number },
): number {
  const random = seededRandom(`stuck ${world.name} ${seed}`);
  const streams = { policy: random.fork('policy'), world: random.fork('world') };
  const names = world.models.map(({ name }) => name);
  const kinds: readonly StuckPlan[] = learnsToClimb ? STUCK_PLANS : ['cheap', 'expensive'];
  const plans: readonly Plan[] = learnsToClimb ? plansWithAlarms(names) : names.map(name => [name]);
  const priorCostUsd = Object.fromEntries(
    world.models.map(({ name, rates }) => [name, 1000 * rates.input + 300 * rates.output]),
  );
  const learned = createLearnedFeature({ feature: 'agent', plans, priorCostUsd, hasAlarms: learnsToClimb });
  const pooling = priorPooling(new Map([['agent', learned]]));
  const policy = thompson();
  const failureCostUsd = failureUsdOf(world);
  const expected = costPerIntentOf(world);
  let usd = 0;
  for (let i = 0; i < intents; i++) {
    const nowMs = START_MS + i * INTENT_EVERY_MS;
    const decision = policy.decide(
      {
        feature: 'agent',
        plans,
        eligible: allPlans(plans.length),
        failureCostUsd,
        objective: 'cost-per-intent',
        learned: learned.segment(''),
        nowMs,
      },
      streams.policy,
    );
    const kind = kinds[plans.indexOf(decision.plan)] as StuckPlan;
    usd += expected[kind];
    const { stretches, succeeded } = drawIntent(world, kind, streams.world);
    const fact = { intentId: 'i', feature: 'agent', atMs: nowMs } as const;
    const [first = ''] = decision.plan;
    const records: LedgerRecord[] = [
      {
        ...fact,
        kind: 'decided',
        revision: 0,
        segment: '',
        decision,
        failureCostNanoUsd: toNanoUsd(failureCostUsd),
        versions: {},
      },
      ...stretches.map((stretch, index): LedgerRecord => {
        const model = names[stretch.model] as string;
        return {
          ...fact,
          kind: 'attempted',
          revision: index + 1,
          attempt: {
            kind: 'first',
            requestId: `r${index}`,
            turn: index + 1,
            model,
            // Without the plan that climbs, an alarm is no boundary.
            node: index === 0 || !learnsToClimb ? model : `${first}>${model}`,
            providerModel: model,
            startedAtMs: nowMs,
            latencyMs: 1000,
            status: 'ok',
            usage: {},
            costNanoUsd: toNanoUsd(stretch.usd),
            provenance: 'reported',
          },
        };
      }),
      {
        ...fact,
        kind: 'labelled',
        revision: stretches.length + 1,
        evidence: { source: 'explicit', success: succeeded },
      },
    ];
    const intent = foldIntent(records);
    if (intent === undefined) throw new Error('an intent has records');
    const delta = contributionDelta(undefined, intent);
    learned.apply(delta, nowMs);
    pooling.add(delta);
  }
  return usd / intents;
}
