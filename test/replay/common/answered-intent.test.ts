import { expect, test } from 'vitest';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import type { ModelReply } from '../../../src/replay/common/answered-intent.ts';
import { followPlan, labelledIntent } from '../../../src/replay/common/answered-intent.ts';

const replies: Readonly<Record<string, ModelReply>> = {
  mini: { costNanoUsd: 10, success: false, accepted: false },
  premium: { costNanoUsd: 100, success: true, accepted: true },
};
const ask = (model: string): ModelReply => replies[model] as ModelReply;

test('a rejected reply makes the plan climb, and each reply costs a judge call', () => {
  const result = followPlan(['mini', 'premium'], { ask, nowMs: 5, judgeNanoUsd: 1 });
  expect(result.attempts.map(({ kind, node, costNanoUsd }) => [kind, node, costNanoUsd])).toEqual([
    ['first', 'mini', 10],
    ['judge', 'mini', 1],
    ['escalation', 'mini>premium', 100],
    ['judge', 'mini>premium', 1],
  ]);
  expect(result).toMatchObject({ success: true, costNanoUsd: 112 });
});

test('an accepted reply ends the plan', () => {
  expect(followPlan(['premium', 'mini'], { ask, nowMs: 5 }).attempts).toHaveLength(1);
});

test('a labelled intent equals the intent rebuilt from its records', () => {
  const decision = { plan: ['mini', 'premium'], propensity: 0.5, eligible: ['mini'], policy: 'p', reason: 'r' };
  const result = followPlan(decision.plan, { ask, nowMs: 5 });
  const intent = labelledIntent({
    id: 'i',
    feature: 'f',
    segment: 's',
    decision,
    result,
    atMs: 5,
    failureCostNanoUsd: 7,
    versions: {},
  });
  const [evidence] = intent.evidence;
  const folded = foldIntent([
    intent.decided,
    ...result.attempts.map((attempt, i) => ({
      kind: 'attempted' as const,
      intentId: 'i',
      feature: 'f',
      atMs: 5,
      revision: i + 1,
      attempt,
    })),
    {
      kind: 'labelled',
      intentId: 'i',
      feature: 'f',
      atMs: 5,
      revision: 3,
      evidence: evidence ?? { source: 'audit', success: null },
    },
  ]);
  expect(intent).toEqual(folded);
});
