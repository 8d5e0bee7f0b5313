import { describe, expect, test } from 'vitest';
import { contribution } from '../../../src/core/cells/contribution.ts';
import { prefixSums } from '../../../src/core/cells/prefix-sums.ts';
import { sumOf } from '../../../src/core/cells/sums.ts';
import { attempt, intentOf } from '../support/intents.ts';

const prefix = { tokens: 9000, gapMs: 400_000, earlierIntents: 3 };
const asked = (requestId: string, costNanoUsd: number, prefixNanoUsd: number) =>
  attempt('mini', costNanoUsd, { requestId, prefixNanoUsd });

describe('what an intent spends on the prefix of its session', () => {
  test('the cost of a prefix is separated from the rest, so that the sums of the net cost are exact integers', () => {
    const costs = [
      [1000, 700],
      [5000, 0],
      [30, 30],
    ] as const;
    const intents = costs.map(([cost, part]) => intentOf(['mini'], { attempts: [asked('r1', cost, part)], prefix }));
    for (const scope of ['node', 'plan'] as const) {
      const cells = intents.flatMap(contribution).filter(({ key }) => key.scope === scope);
      const sums = sumOf(cells.map(cell => cell.sums));
      const { withPrefix, cost, prefixCost, netCost, netCost2 } = sums;
      expect([withPrefix, cost, prefixCost]).toEqual([3n, 6030n, 730n]);
      expect([netCost, netCost2]).toEqual([300n + 5000n, 300n ** 2n + 5000n ** 2n]);
    }
  });

  test('the cost of a prefix is counted at the node that spent it, and all of it in the cell of the plan', () => {
    const attempts = [asked('r1', 1000, 700), attempt('mini>premium', 9000, { prefixNanoUsd: 8000 })];
    const cells = contribution(intentOf(['mini', 'premium'], { attempts, prefix }));
    expect(cells.map(({ key, sums }) => [key.subject, sums.prefixCost])).toEqual([
      ['mini>premium', 8700n],
      ['mini', 700n],
      ['mini>premium', 8000n],
    ]);
  });

  test('an intent’s requests beyond its first are counted by node; those of judges and retries belong to the same request', () => {
    const attempts = [asked('r1', 10, 0), asked('r1', 10, 0), asked('r2', 10, 0), asked('r3', 10, 0)];
    const { laterRequests } = prefixSums(intentOf(['mini'], { attempts, prefix }), 40n, ['mini']);
    expect(laterRequests).toBe(2n);
  });

  test.each([
    [undefined, 9000n, 9000n],
    [300_000, undefined, undefined],
    [300_001, 9000n, undefined],
    [3_600_001, 9000n, 9000n],
  ])('the tokens of a prefix are counted by the time since the last reply: after %s ms', (gapMs, after5m, after1h) => {
    const known = { tokens: 9000, earlierIntents: 3, ...(gapMs === undefined ? {} : { gapMs }) };
    const sums = prefixSums(intentOf(['mini'], { attempts: [asked('r1', 1, 0)], prefix: known }), 1n);
    expect([sums.prefixTokens, sums.prefixTokensAfter5m, sums.prefixTokensAfter1h]).toEqual([9000n, after5m, after1h]);
  });

  test.each([
    [{ usage: { input: 8000 }, prefixTokens: 6000 }, 6000n],
    [{ usage: { input: 8000 } }, 8000n],
    [{ usage: { input: 12_000 } }, 9000n],
  ])(
    'the tokens of a prefix are counted only for the first answered attempt, and at most as many as it sent: %j',
    (sent, tokens) => {
      const judge = attempt('mini', 1, { kind: 'judge', usage: { input: 10 } });
      const failed = attempt('mini', 0, { status: 'provider-fault' });
      const attempts = [
        failed,
        judge,
        attempt('mini', 1, sent),
        attempt('mini', 1, { turn: 2, usage: { input: 20_000 } }),
      ];
      expect(prefixSums(intentOf(['mini'], { attempts, prefix }), 1n).prefixTokens).toBe(tokens);
    },
  );

  test('a cache is expected to hold the prefix if its model has just served the session, and holds what was read from it', () => {
    const usage = (cacheRead: number, input: number) => ({ usage: { cacheRead, input } });
    const first = attempt('mini', 1, usage(8000, 2000));
    const later = attempt('mini', 1, { ...usage(9500, 900), requestId: 'r2', turn: 2 });
    const climbed = attempt('mini>premium', 1, usage(0, 12_000));
    const sumsOf = (lastModel: string, gapMs: number, attempts = [first, later, climbed]) => {
      const known = { tokens: 9000, gapMs, lastModel, earlierIntents: 3 };
      const { expectedTokens = 0n, readTokens = 0n } = prefixSums(
        intentOf(['mini', 'premium'], { attempts, prefix: known }),
        1n,
      );
      return [expectedTokens, readTokens];
    };
    expect(sumsOf('mini', 1000)).toEqual([18_000n, 17_000n]);
    expect(sumsOf('premium', 1000)).toEqual([18_000n, 9000n]);
    expect(sumsOf('mini', 300_001)).toEqual([9000n, 9000n]);
    expect(sumsOf('mini', 1000, [{ ...first, status: 'broken' }])).toEqual([0n, 0n]);
    expect(sumsOf('mini', 1000, [{ ...first, provenance: 'estimated' }])).toEqual([0n, 0n]);
    expect(sumsOf('mini', 1000, [{ ...first, kind: 'judge' }])).toEqual([0n, 0n]);
  });

  test('an intent without a known session adds nothing to these sums', () => {
    const cells = contribution(intentOf(['mini'], { attempts: [attempt('mini', 1000)] }));
    for (const { sums } of cells) expect(Object.keys(sums).filter(name => /prefix|net|later/i.test(name))).toEqual([]);
  });
});
