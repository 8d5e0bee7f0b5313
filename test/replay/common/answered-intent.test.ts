import { expect, test } from 'vitest';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import type { AnsweredBy } from '../../../src/replay/common/answered-intent.ts';
import { followPlan, settledIntent } from '../../../src/replay/common/answered-intent.ts';

const replies: Readonly<Record<string, AnsweredBy>> = {
  mini: { costNanoUsd: 10, success: false, accepted: false },
  premium: { costNanoUsd: 100, success: true, accepted: true },
};
const ask = (model: string): AnsweredBy => replies[model] as AnsweredBy;

test('a rejected reply is climbed from, and the judge is paid at every step', () => {
  const answered = followPlan(['mini', 'premium'], { ask, nowMs: 5, judgeNanoUsd: 1 });
  expect(answered.attempts.map(({ kind, node, costNanoUsd }) => [kind, node, costNanoUsd])).toEqual([
    ['first', 'mini', 10],
    ['judge', 'mini', 1],
    ['escalation', 'mini>premium', 100],
    ['judge', 'mini>premium', 1],
  ]);
  expect(answered).toMatchObject({ success: true, costNanoUsd: 112 });
});

test('an accepted reply ends the plan', () => {
  expect(followPlan(['premium', 'mini'], { ask, nowMs: 5 }).attempts).toHaveLength(1);
});

test('the intent is the one its records would fold to', () => {
  const decision = { plan: ['mini', 'premium'], propensity: 0.5, eligible: ['mini'], policy: 'p', reason: 'r' };
  const answered = followPlan(decision.plan, { ask, nowMs: 5 });
  const intent = settledIntent({
    id: 'i',
    feature: 'f',
    segment: 's',
    decision,
    answered,
    atMs: 5,
    failureCostNanoUsd: 7,
    versions: {},
  });
  const [evidence] = intent.evidence;
  const folded = foldIntent([
    intent.decided,
    ...answered.attempts.map((attempt, i) => ({
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
