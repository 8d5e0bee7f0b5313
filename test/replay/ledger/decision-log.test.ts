import { expect, test } from 'vitest';
import { decisionLog, growingLog, logWhere } from '../../../src/replay/ledger/decision-log.ts';
import { logged } from './logged.ts';

const DECISIONS = [
  logged({ plan: 'mini', target: { mini: 0.25, premium: 0.75 }, segment: 'paid', failed: true }),
  logged({ plan: 'premium', target: { premium: 1 }, billedUsd: 0.5 }),
  logged({ plan: 'mini', target: { opus: 1 }, propensity: 0.125, failedBeforeAudit: true }),
];

test('a log has a row for each decision, with the plans of its target in their order', () => {
  const log = decisionLog(DECISIONS);
  expect(log).toMatchObject({
    length: 3,
    plans: ['mini', 'premium', 'opus'],
    segments: ['paid', ''],
    plan: Uint32Array.of(0, 1, 0),
    segment: Uint32Array.of(0, 1, 1),
    failed: Uint32Array.of(1, 0, 0),
    beforeAudit: Uint32Array.of(0, 0, 2),
    targetFrom: Uint32Array.of(0, 2, 3, 4),
    targetPlan: Uint32Array.of(0, 1, 1, 2),
    targetShare: Float64Array.of(0.25, 0.75, 1, 1),
  });
  // The billed amount, if it differs from the spend.
  expect([...log.billedUsd]).toEqual([DECISIONS[0]?.spendUsd, 0.5, DECISIONS[2]?.spendUsd]);
});

test('a part of a log has only its own decisions, but still all names of the whole log', () => {
  const log = decisionLog(DECISIONS);
  const part = logWhere(log, i => i !== 1);
  expect(part).toEqual({
    ...log,
    length: 2,
    plan: Uint32Array.of(0, 0),
    segment: Uint32Array.of(0, 1),
    propensity: Float64Array.from([DECISIONS[0], DECISIONS[2]], one => one?.propensity ?? 0),
    failureCostUsd: log.failureCostUsd.filter((_, i) => i !== 1),
    spendUsd: log.spendUsd.filter((_, i) => i !== 1),
    billedUsd: log.billedUsd.filter((_, i) => i !== 1),
    failureUsd: log.failureUsd.filter((_, i) => i !== 1),
    failed: Uint32Array.of(1, 0),
    beforeAudit: Uint32Array.of(0, 2),
    targetFrom: Uint32Array.of(0, 2, 3),
    targetPlan: Uint32Array.of(0, 1, 2),
    targetShare: Float64Array.of(0.25, 0.75, 1),
  });
  expect(logWhere(log, () => true)).toBe(log);
});

test('a log that is cleared and filled again is like a new one, by objects and by indexes', () => {
  const log = growingLog();
  for (const decision of [logged({ plan: 'opus', segment: 'free', target: { other: 1 } }), ...DECISIONS])
    log.push(decision);
  log.clear();
  expect(log.length).toBe(0);
  for (const { plan, segment = '', target, ...decision } of DECISIONS.slice(0, 2)) {
    const row = { plan: log.planIndex(plan), segment: log.segmentIndex(segment), beforeAudit: 0 };
    for (const [wanted, share] of Object.entries(target)) log.addTarget(log.planIndex(wanted), share);
    log.add({ ...decision, ...row, billedUsd: decision.billedUsd ?? decision.spendUsd });
  }
  expect(log.view()).toEqual(decisionLog(DECISIONS.slice(0, 2)));
});
