import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Intent, LedgerRecord } from '../../../src/core/ledger/records.ts';
import type { Attempt } from '../../../src/core/ledger/vocabulary.ts';
import { resolveOutcome } from '../../../src/core/ledger/outcome.ts';
import { appendRecord, foldIntent } from '../../../src/core/ledger/records.ts';
import { contribution, contributionDelta } from '../../../src/core/cells/contribution.ts';
import type { Cell, SumName, Sums } from '../../../src/core/cells/cell.ts';
import { BUCKET_MS } from '../../../src/core/cells/cell.ts';
import type { CellMap } from '../../../src/core/cells/sums.ts';
import { addCell } from '../../../src/core/cells/sums.ts';
import { ACCEPTED, AT_MS, anyRecords, attempt, intentOf, REJECTED, records } from '../support/intents.ts';

/** The cells after a list of changes, those that are empty again left out. */
function merge(cells: CellMap, delta: readonly Cell[]): CellMap {
  for (const cell of delta) addCell(cells, cell);
  for (const [id, { sums }] of cells) if (Object.keys(sums).length === 0) cells.delete(id);
  return cells;
}

function cellAt(intent: Intent, scope: 'node' | 'plan', subject: string): Sums | undefined {
  return contribution(intent).find(({ key }) => key.scope === scope && key.subject === subject)?.sums;
}

function planSums(intent: Intent): Sums | undefined {
  return contribution(intent).find(({ key }) => key.scope === 'plan')?.sums;
}

/** The sums of a plan's cell by their definitions, each by itself. */
function definedSums({ attempts, evidence, decided, outcome, outcomeAtMs }: Intent): Sums {
  const spentOn = (test: (attempt: Attempt) => boolean): bigint =>
    attempts.filter(test).reduce((total, { costNanoUsd }) => total + BigInt(costNanoUsd), 0n);
  const one = (test: boolean): bigint => (test ? 1n : 0n);
  const cost = spentOn(() => true);
  const success = one(outcome.state === 'success');
  const failure = one(outcome.state === 'failure');
  const labelled = success + failure;
  const severalTurns = one(attempts.some(({ turn }) => turn > 1));
  const configured = BigInt(decided.failureCostNanoUsd);
  const recorded = failure * one(outcome.costNanoUsd !== undefined);
  const failureCost = failure * BigInt(outcome.costNanoUsd ?? decided.failureCostNanoUsd);
  const others = resolveOutcome(evidence.filter(({ source }) => source !== 'audit')).state;
  const audited = labelled * one(outcome.source === 'audit') * one(others === 'success' || others === 'failure');
  const inSession = one(decided.prefix !== undefined);
  const prefix = attempts.reduce((total, { prefixNanoUsd = 0 }) => total + BigInt(prefixNanoUsd), 0n);
  const tokens = BigInt(decided.prefix?.tokens ?? 0);
  const sums: Record<SumName, bigint> = {
    n: 1n,
    cost,
    cost2: cost ** 2n,
    cost3: cost ** 3n,
    rejected: 0n,
    ended: 0n,
    labelled,
    successes: success,
    labelledRejected: 0n,
    successesRejected: 0n,
    costOfLabelled: labelled * cost,
    costOfFailures: failure * cost,
    audited,
    auditedSuccesses: audited * success,
    auditedProxySuccesses: audited * one(others === 'success'),
    auditedBothSuccesses: audited * success * one(others === 'success'),
    failureDelayMs: failure * BigInt((outcomeAtMs ?? decided.atMs) - decided.atMs),
    failureCost,
    recordedFailures: recorded,
    recordedFailureCost: recorded * BigInt(outcome.costNanoUsd ?? 0),
    configuredOfRecorded: recorded * configured,
    failureCost2: failureCost ** 2n,
    costTimesFailureCost: cost * failureCost,
    weighedFailures: failure,
    labelledFailureCost: labelled * configured,
    labelledFailureCost2: labelled * configured ** 2n,
    escalated: one(outcome.escalated),
    retryCost: spentOn(({ kind }) => kind === 'retry'),
    escalationCost: spentOn(({ kind }) => kind === 'escalation'),
    judgeCost: spentOn(({ kind }) => kind === 'judge'),
    laterTurnsCost: spentOn(({ kind, turn }) => kind === 'first' && turn > 1),
    estimatedCost: spentOn(({ provenance }) => provenance === 'estimated'),
    attempts: BigInt(attempts.length),
    requests: BigInt(new Set(attempts.map(({ requestId }) => requestId)).size),
    multiTurn: severalTurns,
    multiTurnCost: severalTurns * cost,
    multiTurnCost2: severalTurns * cost ** 2n,
    multiTurnCost3: severalTurns * cost ** 3n,
    multiTurnLabelled: severalTurns * labelled,
    multiTurnSuccesses: severalTurns * success,
    multiTurnFailureCost: severalTurns * failureCost,
    unknown: one(outcome.state === 'unknown'),
    withPrefix: inSession,
    prefixCost: inSession * prefix,
    netCost: inSession * (cost - prefix),
    netCost2: inSession * (cost - prefix) ** 2n,
    laterRequests: 0n,
    prefixTokens: tokens,
    prefixTokensAfter5m: tokens * one((decided.prefix?.gapMs ?? Infinity) > 300_000),
    prefixTokensAfter1h: tokens * one((decided.prefix?.gapMs ?? Infinity) > 3_600_000),
    // The attempts of this law have no usage.
    expectedTokens: 0n,
    readTokens: 0n,
  };
  return Object.fromEntries(Object.entries(sums).filter(([, value]) => value !== 0n));
}

const SUCCESS = [{ source: 'explicit', success: true }] as const;
const FAILURE = [{ source: 'explicit', success: false }] as const;

describe('law: statistics are a function of the records', () => {
  test('the deltas of any batches of records add up to the contribution of the whole intent', () => {
    fc.assert(
      fc.property(anyRecords, fc.array(fc.boolean()), (all, commits) => {
        const cells: CellMap = new Map();
        let committed: Intent | undefined;
        let intent: Intent | undefined;
        all.forEach((record, i) => {
          intent = appendRecord(intent, record);
          if (commits[i] !== true && i < all.length - 1) return;
          merge(cells, contributionDelta(committed, intent));
          committed = intent;
        });
        expect(cells).toEqual(merge(new Map(), contributionDelta(undefined, foldIntent(all) as Intent)));
      }),
    );
  });

  test('every sum of a plan agrees with its description in SUM_NAMES', () => {
    fc.assert(
      fc.property(anyRecords, all => {
        const intent = foldIntent(all) as Intent;
        expect(planSums(intent)).toEqual(intent.attempts.length === 0 ? undefined : definedSums(intent));
      }),
      { numRuns: 500 },
    );
  });

  test('a delta retracts exactly what the intent contributed before', () => {
    fc.assert(
      fc.property(anyRecords, anyRecords, (first, second) => {
        const before = foldIntent(first) as Intent;
        const after = foldIntent(second) as Intent;
        const cells = merge(new Map(), contributionDelta(undefined, before));
        merge(cells, contributionDelta(before, after));
        expect(cells).toEqual(merge(new Map(), contributionDelta(undefined, after)));
      }),
    );
  });

  test('the plan’s cost is the sum of its attempts’ costs to the nano-dollar, and an unchanged intent has no delta', () => {
    fc.assert(
      fc.property(anyRecords, (all: readonly LedgerRecord[]) => {
        const intent = foldIntent(all) as Intent;
        const spent = intent.attempts.reduce((sum, { costNanoUsd }) => sum + BigInt(costNanoUsd), 0n);
        expect(planSums(intent)?.cost ?? 0n).toBe(spent);
        expect(contributionDelta(intent, intent)).toEqual([]);
      }),
    );
  });

  test('the costs of the nodes, with unanswered ones and without double counts, add up to the plan’s cost', () => {
    fc.assert(
      fc.property(anyRecords, all => {
        const intent = foldIntent(all) as Intent;
        const nodes = contribution(intent).filter(({ key }) => key.scope === 'node');
        // The cost of a model that answers where a reply broke the schema is counted at both nodes.
        const total = nodes.reduce((sum, { sums }) => sum + (sums.cost ?? 0n) - (sums.escalationCost ?? 0n), 0n);
        const unanswered = intent.attempts
          .filter(({ node }) => nodes.every(({ key }) => key.subject !== node))
          .reduce((sum, { costNanoUsd }) => sum + BigInt(costNanoUsd), 0n);
        expect(total + unanswered).toBe(planSums(intent)?.cost ?? 0n);
      }),
    );
  });
});

describe('nodes', () => {
  test('an escalated attempt counts for `premium after mini`, never for premium as the first model', () => {
    const intent = intentOf(['mini', 'premium'], {
      attempts: [attempt('mini', 2_000_000, REJECTED), attempt('mini>premium', 14_000_000, ACCEPTED)],
      evidence: SUCCESS,
    });
    expect(cellAt(intent, 'node', 'premium')).toBeUndefined();
    expect(cellAt(intent, 'node', 'mini')).toEqual({
      n: 1n,
      cost: 2_000_000n,
      cost2: 4_000_000_000_000n,
      cost3: 8_000_000_000_000_000_000n,
      rejected: 1n,
    });
    expect(cellAt(intent, 'node', 'mini>premium')).toMatchObject({ n: 1n, ended: 1n, labelled: 1n, successes: 1n });
  });

  test.each<[how: string, first: Partial<Attempt>]>([
    ['after a rejection', REJECTED],
    ['without a verdict', {}],
    ['after an accepted reply, in a later turn', ACCEPTED],
    ['after a reply that broke off', { status: 'broken', usage: { input: 1, output: 1 } }],
  ])('an intent that continues at another node counts as rejected at the node before: %s', (_, first) => {
    const intent = intentOf(['mini', 'premium'], {
      attempts: [attempt('mini', 2, first), attempt('mini>premium', 14, ACCEPTED)],
      evidence: SUCCESS,
    });
    expect(cellAt(intent, 'node', 'mini')).toEqual({ n: 1n, cost: 2n, cost2: 4n, cost3: 8n, rejected: 1n });
    expect(cellAt(intent, 'node', 'mini>premium')).not.toHaveProperty('rejected');
  });

  test('an intent counts as labelled and rejected when its rejected reply is returned because no candidate is left', () => {
    const intent = intentOf(['mini'], { attempts: [attempt('mini', 5, REJECTED)], evidence: FAILURE });
    expect(cellAt(intent, 'node', 'mini')).toMatchObject({
      rejected: 1n,
      ended: 1n,
      labelled: 1n,
      labelledRejected: 1n,
    });
    expect(cellAt(intent, 'node', 'mini')).not.toHaveProperty('successesRejected');
  });

  test('a node whose attempts all ended in provider faults has no cell, and its attempts still count for the plan', () => {
    const intent = intentOf(['mini', 'premium'], {
      attempts: [
        attempt('mini', 0, { status: 'provider-fault', httpStatus: 503 }),
        attempt('mini', 0, { status: 'timeout', kind: 'retry' }),
        attempt('mini!premium', 9),
      ],
      evidence: SUCCESS,
    });
    expect(contribution(intent).map(({ key }) => `${key.scope} ${key.subject}`)).toEqual([
      'plan mini>premium',
      'node mini!premium',
    ]);
    expect(cellAt(intent, 'plan', 'mini>premium')).toMatchObject({ n: 1n, attempts: 3n, cost: 9n });
  });

  test('a node has answered when output of a model arrived, not when input alone was charged or only its judge replied', () => {
    const judge = attempt('mini', 3, { kind: 'judge' });
    const cases: readonly (readonly [Attempt, boolean])[] = [
      [attempt('mini', 0), true],
      [attempt('mini', 5, { status: 'broken', usage: { input: 1, output: 1 } }), true],
      [attempt('mini', 5, { status: 'aborted', usage: { outputAudio: 1 } }), true],
      [attempt('mini', 5, { status: 'broken', usage: { outputImage: 1 } }), true],
      [attempt('mini', 5, { status: 'broken', usage: { imageGenOutput: 1 } }), true],
      [attempt('mini', 5, { status: 'broken', usage: { input: 5, output: 0 } }), false],
      [attempt('mini', 5, { status: 'timeout', usage: { input: 5 } }), false],
      [attempt('mini', 0, { status: 'broken' }), false],
      [attempt('mini', 0, { status: 'connection' }), false],
      // An error may charge output.
      [attempt('mini', 5, { status: 'provider-fault', usage: { output: 1 } }), false],
      [attempt('mini', 5, { status: 'refused', usage: { output: 1 } }), false],
    ];
    for (const [first, answered] of cases)
      expect(cellAt(intentOf(['mini'], { attempts: [first, judge] }), 'node', 'mini') !== undefined).toBe(answered);
  });

  test('a part of a reply is not an answer if the same request went on to another model', () => {
    const broken = attempt('mini', 5, { status: 'broken', usage: { output: 1 } });
    const substitute = attempt('mini!premium', 7);
    const nodesOf = (...attempts: readonly Attempt[]): readonly string[] =>
      contribution(intentOf(['mini'], { attempts })).flatMap(({ key }) => (key.scope === 'node' ? [key.subject] : []));
    expect(nodesOf(broken, substitute)).toEqual(['mini!premium']);
    expect(nodesOf(broken, { ...substitute, requestId: 'r2', turn: 2 })).toEqual(['mini', 'mini!premium']);
    expect(nodesOf(broken, attempt('mini', 5, { kind: 'retry' }), substitute)).toEqual(['mini', 'mini!premium']);
  });

  test('a visit that another model served has a version of its own, even if that model served only one of the visit’s turns', () => {
    const versionOf = (...attempts: readonly Attempt[]): string | undefined =>
      contribution(intentOf(['mini'], { attempts })).find(({ key }) => key.scope === 'node')?.key.version;
    const other = attempt('mini', 5, { servedBy: 'gpt-5-pro' });
    const own = attempt('mini', 5);
    expect(versionOf(own)).toBe('m1');
    expect(versionOf(other)).toBe('served by gpt-5-pro for m1');
    expect(versionOf(other, { ...own, turn: 2 })).toBe('served by gpt-5-pro for m1');
    expect(versionOf(own, { ...other, turn: 2 })).toBe('served by gpt-5-pro for m1');
    // A model that never answered, and a judge's own model, do not change the version of the model that answered.
    expect(versionOf({ ...other, status: 'provider-fault' }, { ...own, kind: 'retry' })).toBe('m1');
    expect(versionOf(own, { ...other, kind: 'judge' })).toBe('m1');
  });

  test('replacing an attempt by one of another model moves its visit to that model’s version, and replacing it again moves it back', () => {
    const facts = { evidence: [{ source: 'explicit', success: true }] } as const;
    const own = intentOf(['mini'], { attempts: [attempt('mini', 5)], ...facts });
    const other = intentOf(['mini'], { attempts: [attempt('mini', 7, { servedBy: 'gpt-5-pro' })], ...facts });
    const cells = merge(new Map(), contribution(own));
    merge(cells, contributionDelta(own, other));
    expect([...cells.values()]).toEqual(expect.arrayContaining([...contribution(other)]));
    expect(cells.size).toBe(2);
    merge(cells, contributionDelta(other, own));
    expect([...cells.values()]).toEqual(expect.arrayContaining([...contribution(own)]));
    expect(cells.size).toBe(2);
  });

  test('an intent that ended with a rejected reply and has no outcome is not labelled', () => {
    const sums = cellAt(intentOf(['mini'], { attempts: [attempt('mini', 5, REJECTED)] }), 'node', 'mini');
    expect(sums).toEqual({ n: 1n, cost: 5n, cost2: 25n, cost3: 125n, rejected: 1n, ended: 1n });
  });

  test('a node’s cost includes the cost of its judge, and its version is the version of its model', () => {
    const intent = intentOf(['mini'], {
      attempts: [attempt('mini', 3), attempt('mini', 4, { kind: 'judge', ...ACCEPTED })],
    });
    const node = contribution(intent).find(({ key }) => key.scope === 'node');
    expect(node?.sums).toMatchObject({ n: 1n, cost: 7n, ended: 1n });
    expect(node?.key).toEqual({
      scope: 'node',
      feature: 'f',
      segment: '',
      subject: 'mini',
      version: 'm1',
      bucket: Math.floor(AT_MS / BUCKET_MS),
    });
    expect(cellAt(intent, 'plan', 'mini')).toMatchObject({ judgeCost: 4n });
  });
});

describe('outcomes', () => {
  test('a pending or unknown outcome is not a label, and unknown outcomes are counted', () => {
    const attempts = [attempt('mini', 1)];
    expect(cellAt(intentOf(['mini'], { attempts }), 'plan', 'mini')).not.toHaveProperty('labelled');
    const unknown = intentOf(['mini'], { attempts, evidence: [{ source: 'silence', success: null }] });
    expect(cellAt(unknown, 'plan', 'mini')).toMatchObject({ unknown: 1n });
    expect(cellAt(unknown, 'plan', 'mini')).not.toHaveProperty('labelled');
  });

  test('a failure counts at its recorded cost, or else at the configured one, and recorded costs are kept beside configured ones', () => {
    const attempts = [attempt('mini', 1)];
    expect(cellAt(intentOf(['mini'], { attempts, evidence: FAILURE }), 'plan', 'mini')).toMatchObject({
      failureCost: 15_000_000_000n,
      costOfFailures: 1n,
      failureDelayMs: 60_000n,
    });
    const actual = [{ source: 'explicit', success: false, costNanoUsd: 22_500_000_000, escalated: true }] as const;
    expect(cellAt(intentOf(['mini'], { attempts, evidence: actual }), 'plan', 'mini')).toMatchObject({
      failureCost: 22_500_000_000n,
      recordedFailures: 1n,
      recordedFailureCost: 22_500_000_000n,
      configuredOfRecorded: 15_000_000_000n,
      escalated: 1n,
    });
  });

  test('an audited intent also counts the outcome that the audit overruled', () => {
    const attempts = [attempt('mini', 1)];
    const evidence = [
      { source: 'implicit', success: true },
      { source: 'audit', success: false },
    ] as const;
    const sums = cellAt(intentOf(['mini'], { attempts, evidence }), 'node', 'mini');
    expect(sums).toMatchObject({ labelled: 1n, audited: 1n, auditedProxySuccesses: 1n });
    expect(sums).not.toHaveProperty('auditedSuccesses');
    expect(sums).not.toHaveProperty('auditedBothSuccesses');
    // Without other evidence an audit is a plain label: it says nothing about another source.
    const alone = intentOf(['mini'], { attempts, evidence: [{ source: 'audit', success: true }] });
    expect(cellAt(alone, 'node', 'mini')).not.toHaveProperty('audited');
  });
});

describe('what failures cost', () => {
  const attempts = [attempt('mini', 7)];

  test('a failed intent adds the square of its failure cost, recorded or configured, and its product with the spend', () => {
    const configured = cellAt(
      intentOf(['mini'], { attempts, evidence: FAILURE, failureCostNanoUsd: 30 }),
      'plan',
      'mini',
    );
    expect(configured).toMatchObject({
      failureCost: 30n,
      failureCost2: 900n,
      costTimesFailureCost: 210n,
      weighedFailures: 1n,
      labelledFailureCost: 30n,
      labelledFailureCost2: 900n,
    });
    const evidence = [{ source: 'explicit', success: false, costNanoUsd: 50 }] as const;
    const recorded = cellAt(intentOf(['mini'], { attempts, evidence, failureCostNanoUsd: 30 }), 'plan', 'mini');
    expect(recorded).toMatchObject({ failureCost2: 2500n, costTimesFailureCost: 350n, labelledFailureCost2: 900n });
  });

  test('a success adds the failure cost configured for it, and a failure that costs nothing is still counted', () => {
    const success = cellAt(intentOf(['mini'], { attempts, evidence: SUCCESS, failureCostNanoUsd: 30 }), 'plan', 'mini');
    expect(success).toMatchObject({ labelledFailureCost: 30n, labelledFailureCost2: 900n });
    expect(success).not.toHaveProperty('weighedFailures');
    const free = cellAt(intentOf(['mini'], { attempts, evidence: FAILURE, failureCostNanoUsd: 0 }), 'plan', 'mini');
    expect(free).toMatchObject({ weighedFailures: 1n });
    expect(free).not.toHaveProperty('failureCost2');
  });
});

describe('model spend of a plan, by purpose', () => {
  test('retries, escalations, later turns and estimated costs each have a sum of their own', () => {
    const intent = intentOf(['mini', 'premium'], {
      attempts: [
        attempt('mini', 10),
        attempt('mini', 20, { kind: 'retry', ...REJECTED }),
        attempt('mini>premium', 40),
        attempt('mini', 80, { turn: 2, requestId: 'r2', provenance: 'estimated' }),
      ],
      evidence: SUCCESS,
    });
    expect(cellAt(intent, 'plan', 'mini>premium')).toMatchObject({
      n: 1n,
      cost: 150n,
      retryCost: 20n,
      escalationCost: 40n,
      laterTurnsCost: 80n,
      estimatedCost: 80n,
      attempts: 4n,
      requests: 2n,
      multiTurn: 1n,
      multiTurnCost: 150n,
      multiTurnLabelled: 1n,
      multiTurnSuccesses: 1n,
    });
  });

  test('an intent contributes nothing before its first attempt', () => {
    const intent = foldIntent(records(['mini'], {})) as Intent;
    expect(contributionDelta(undefined, intent)).toEqual([]);
  });
});

describe('a substitute that answers because the plan’s model broke the schema of the request', () => {
  const attempts = [attempt('mini', 3, REJECTED), attempt('mini>premium', 20)];
  const evidence = [{ source: 'explicit' as const, success: true }];
  const intent = intentOf(['mini'], { attempts, evidence });

  test('the cost and the outcome of a substitute count at the plan’s node as well as at its own node', () => {
    expect(cellAt(intent, 'node', 'mini')).toMatchObject({
      n: 1n,
      cost: 23n,
      cost2: 529n,
      ended: 1n,
      escalationCost: 20n,
    });
    expect(cellAt(intent, 'node', 'mini')).toMatchObject({ labelled: 1n, successes: 1n, costOfLabelled: 23n });
    expect(cellAt(intent, 'node', 'mini')?.rejected).toBeUndefined();
    expect(cellAt(intent, 'node', 'mini>premium')).toMatchObject({ n: 1n, cost: 20n, ended: 1n, successes: 1n });
    expect(cellAt(intent, 'plan', 'mini')).toMatchObject({ cost: 23n, escalationCost: 20n });
  });

  test('in a session, the prefixes and requests of a substitute also count at the plan’s node', () => {
    const prefix = { tokens: 10, lastModel: 'mini', earlierIntents: 1 };
    const inSession = attempts.map(each => ({ ...each, prefixNanoUsd: 1 }));
    const sums = cellAt(intentOf(['mini'], { attempts: inSession, prefix }), 'node', 'mini');
    expect(sums).toMatchObject({ prefixCost: 2n, netCost: 21n });
    expect(sums?.laterRequests).toBeUndefined();
  });
});
