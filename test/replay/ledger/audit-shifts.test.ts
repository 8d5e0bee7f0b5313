import { expect, test } from 'vitest';
import { contributionDelta } from '../../../src/core/cells/contribution.ts';
import type { LedgerRecord } from '../../../src/core/ledger/records.ts';
import { foldIntent } from '../../../src/core/ledger/records.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { reportFeature } from '../../../src/core/report/feature-report.ts';
import { featureNotes } from '../../../src/core/report/notes.ts';
import { epsilonGreedy } from '../../../src/policies/epsilon-greedy.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import { auditShifts, auditsOf } from '../../../src/replay/ledger/audit-shifts.ts';
import { decisionLog } from '../../../src/replay/ledger/decision-log.ts';
import type { LoggedDecision } from '../../../src/replay/ledger/logged-decision.ts';
import { evaluateOffPolicy } from '../../../src/replay/ledger/off-policy.ts';
import { replayLedger } from '../../../src/replay/ledger/replay-ledger.ts';
import { savingsAgainst } from '../../../src/replay/ledger/savings.ts';
import { simulatedLedger } from '../../../src/replay/worlds/simulated-ledger.ts';
import { modelsWorld } from '../../../src/replay/worlds/world.ts';
import { logged } from './logged.ts';

/**
 * Two fifths of the intents that are labelled as successes of mini are failures, which only an audit shows. The labels of premium are
 * right.
 */
const TRUE_FAILURES = { mini: 1 - 0.85 * 0.6, premium: 0.07 };
const SPEND = { mini: 0.002, premium: 0.03 };
const FAILURE_COST = 0.2;

function falseLabels(seed: number, audits: number, plans: readonly ('mini' | 'premium')[] = ['mini', 'premium']) {
  const random = seededRandom(seed).fork('false labels');
  return Array.from({ length: 1500 }, (_, i): LoggedDecision => {
    const plan = random.next() < 0.8 ? 'mini' : 'premium';
    const fails = random.next() < (plan === 'mini' ? 0.15 : 0.07);
    const isAudited = i < audits && plans.includes(plan);
    const failed = fails || (isAudited && plan === 'mini' && random.next() < 0.4);
    return logged({
      plan,
      propensity: plan === 'mini' ? 0.8 : 0.2,
      spendUsd: SPEND[plan],
      failureCostUsd: FAILURE_COST,
      failed,
      ...(isAudited ? { failedBeforeAudit: fails } : {}),
    });
  });
}

const always = (log: readonly LoggedDecision[], plan: string) => {
  const found = evaluateOffPolicy(log.map(one => ({ ...one, target: { [plan]: 1 } })));
  if (found.kind === 'refused') throw new Error(found.reason);
  return found;
};

const costOf = (plan: 'mini' | 'premium'): number => SPEND[plan] + FAILURE_COST * TRUE_FAILURES[plan];

test.each([10, 30, 76])(
  'after %i audits of false labels, the 95 % intervals contain the true costs and savings',
  audits => {
    const saved = {
      mini: 0.2 * (costOf('premium') - costOf('mini')),
      premium: 0.8 * (costOf('mini') - costOf('premium')),
    };
    const held = { asked: 0, cost: 0, saved: 0, success: 0 };
    for (let seed = 0; seed < 50; seed++) {
      const log = falseLabels(seed, audits);
      // With ten audits, sometimes none of them is of premium; such a log is refused.
      if (auditsOf(decisionLog(log.filter(({ plan }) => plan === 'premium'))) === undefined) continue;
      for (const plan of ['mini', 'premium'] as const) {
        const { costPerIntentUsd: cost, savedPerIntentUsd: difference, successRate } = always(log, plan);
        held.asked++;
        if (cost.low <= costOf(plan) && costOf(plan) <= cost.high) held.cost++;
        if (difference.low <= saved[plan] && saved[plan] <= difference.high) held.saved++;
        if (successRate.low <= 1 - TRUE_FAILURES[plan] && 1 - TRUE_FAILURES[plan] <= successRate.high) held.success++;
      }
    }
    expect(held.asked).toBeGreaterThan(80);
    expect(Math.min(held.cost, held.saved, held.success) / held.asked).toBeGreaterThanOrEqual(0.92);
  },
);

test('the corrected cost, that of the log and the difference add up', () => {
  for (const plan of ['mini', 'premium']) {
    const found = always(falseLabels(3, 76), plan);
    const { costPerIntentUsd, loggedCostPerIntentUsd, savedPerIntentUsd } = found;
    expect(savedPerIntentUsd.value).toBeCloseTo(loggedCostPerIntentUsd - costPerIntentUsd.value, 12);
    expect(found.loggedSuccessRate).toBeLessThan(0.75);
  }
});

test('audits that agree with every label leave the cost as it is, with a wider interval', () => {
  const log = falseLabels(4, 0);
  const audited = log.map((one, i) => (i % 20 === 0 ? { ...one, failedBeforeAudit: one.failed } : one));
  const [plain, checked] = [always(log, 'premium'), always(audited, 'premium')];
  expect(checked.costPerIntentUsd.low).toBeLessThan(plain.costPerIntentUsd.value);
  expect(checked.costPerIntentUsd.high).toBeGreaterThan(plain.costPerIntentUsd.value);
  expect(checked.costPerIntentUsd.high - checked.costPerIntentUsd.low).toBeGreaterThan(
    plain.costPerIntentUsd.high - plain.costPerIntentUsd.low,
  );
});

test('a plan that no audit covered is refused once audits have found false labels, and not before', () => {
  const log = falseLabels(5, 76, ['mini']);
  const premium = evaluateOffPolicy(log.map(one => ({ ...one, target: { premium: 1 } })));
  expect(premium).toMatchObject({
    kind: 'refused',
    reason: expect.stringMatching(
      /^audits contradict the other labels of \d+ of \d+ intents, and none of them had premium/,
    ),
  });
  // What the log's own intents with premium cost is unknown too, so that the saving may be anything in between.
  const { costPerIntentUsd: cost, savedPerIntentUsd: saved } = always(log, 'mini');
  expect(saved.high - saved.low).toBeGreaterThan(0.2 * FAILURE_COST);
  expect(cost.low).toBeLessThan(costOf('mini'));
  expect(cost.high).toBeGreaterThan(costOf('mini'));

  const right = falseLabels(5, 0).map((one, i) =>
    one.plan === 'mini' && i < 76 ? { ...one, failedBeforeAudit: one.failed } : one,
  );
  expect(auditsOf(decisionLog(right))).toMatchObject({ agreed: auditsOf(decisionLog(right))?.audited });
  expect(always(right, 'premium').kind).toBe('estimate');
});

test('without audits, the failure rates of a log are not shifted', () => {
  const log = decisionLog(falseLabels(6, 0));
  expect(auditsOf(log)).toBeUndefined();
  expect(auditShifts(log)).toEqual([]);
});

const world = modelsWorld({
  name: 'f',
  failureCostUsd: 0.2,
  models: [
    { name: 'mini', costUsd: 0.002, success: 0.85 },
    { name: 'premium', costUsd: 0.03, success: 0.93 },
  ],
});

/** A ledger with an audit of every 20th intent; it finds that some successes of mini were failures. */
function auditedLedger() {
  const { records } = simulatedLedger(world, epsilonGreedy({ epsilon: 0.4 }), { intents: 1500, seed: 8 });
  const plans = new Map(
    records.flatMap(record => (record.kind === 'decided' ? [[record.intentId, record.decision.plan[0]]] : [])),
  );
  const audits = records.flatMap((record): LedgerRecord[] => {
    if (record.kind !== 'labelled') return [];
    const step = Number(record.intentId.split('-').at(-1));
    if (step % 20 !== 0) return [];
    const isFalse = plans.get(record.intentId) === 'mini' && step % 100 < 40;
    const success = record.evidence.success === true && !isFalse;
    return [{ ...record, revision: record.revision + 1, evidence: { source: 'audit', success } }];
  });
  const all = [...records, ...audits];
  const byIntent = Map.groupBy(all, ({ intentId }) => intentId);
  const cells = [...byIntent.values()].flatMap(own => contributionDelta(undefined, foldIntent(own) as never));
  return {
    cells,
    async *scan() {
      yield* all;
    },
  };
}

test('the report, the savings and the replay of an audited ledger give the same cost, and say that it is corrected', async () => {
  const { cells, ...ledger } = auditedLedger();
  const report = reportFeature('f', cells, { facts: { failureCostUsd: 0.2 } });
  expect(report.audit?.audited).toBe(75);
  const [saving] = (await savingsAgainst(ledger, 'premium')).features;
  if (saving?.kind !== 'estimate') return expect.unreachable();
  expect(saving.costPerIntentUsd).toBeCloseTo(report.costPerIntentUsd.value, 9);
  expect(saving.note).toContain(
    `75 intents were audited; the other labels agreed with ${report.audit?.agreed} of them.`,
  );
  expect(saving.perIntentUsd.value).toBeCloseTo(saving.baselineCostPerIntentUsd.value - saving.costPerIntentUsd, 12);
  expect(saving.perIntentUsd.high).toBeLessThan(0);
  for (const { plan, success } of report.plans) {
    const { estimate } = (await replayLedger(ledger, fixed(plan))).features['f'] ?? {};
    if (estimate?.kind !== 'estimate') return expect.unreachable();
    expect(Math.abs(estimate.successRate.value - success.value)).toBeLessThan(0.01);
    expect(estimate.successRate.low).toBeLessThanOrEqual(success.low + 0.01);
  }
  const note = featureNotes(report).find(text => text.includes('audited'));
  expect(note).toMatch(
    /The total cost counts failures as they are recorded; 1,500 intents at the corrected cost per intent would be \$/,
  );
});

test("a feature's corrected success rate is the mean of its plans' corrected rates", () => {
  const report = reportFeature('f', auditedLedger().cells, { facts: { failureCostUsd: 0.2 } });
  const mean = report.plans.reduce((sum, { n, success }) => sum + (n / 1500) * success.value, 0);
  expect(report.success.value).toBeCloseTo(mean, 12);
  expect(report.success.low).toBeLessThan(report.success.value - 0.03);
});
