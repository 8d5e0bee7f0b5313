import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contributionDelta } from '../../../src/core/cells/contribution.ts';
import type { Intent, LedgerRecord } from '../../../src/core/ledger/records.ts';
import { appendRecord } from '../../../src/core/ledger/records.ts';
import { planKey } from '../../../src/core/ledger/vocabulary.ts';
import { seededRandom } from '../../../src/core/math/random.ts';
import { epsilonGreedy } from '../../../src/policies/epsilon-greedy.ts';
import { fixed } from '../../../src/policies/fixed.ts';
import type { Policy } from '../../../src/contracts/policy.ts';
import { randomMix } from '../../../src/policies/random-mix.ts';
import { thompson } from '../../../src/policies/thompson.ts';
import { priorPooling } from '../../../src/replay/common/prior-pooling.ts';
import type { LedgerRun } from '../../../src/replay/ledger/ledger-run.ts';
import { featureReplayOf, recordOutcome, startLedgerRun } from '../../../src/replay/ledger/ledger-run.ts';
import type { KnownAtDecision } from '../../../src/replay/ledger/logged-decision.ts';
import type { ObservedPlans } from '../../../src/replay/ledger/observed-plans.ts';
import { observePlans } from '../../../src/replay/ledger/observed-plans.ts';
import { replayLedger } from '../../../src/replay/ledger/replay-ledger.ts';
import { askTarget } from '../../../src/replay/ledger/target-decision.ts';
import { simulatedLedger } from '../../../src/replay/worlds/simulated-ledger.ts';
import { modelsWorld } from '../../../src/replay/worlds/world.ts';
import { memory } from '../../../src/stores/memory.ts';
import type { Loose } from '../../support/refusal.ts';

const world = modelsWorld({
  name: 'article',
  failureCostUsd: 15,
  models: [
    { name: 'mini', costUsd: 0.0019, success: 0.7 },
    { name: 'premium', costUsd: 0.014, success: 0.95 },
  ],
});
/** The same feature after premium became worse. */
const worse = modelsWorld({
  name: 'article',
  failureCostUsd: 15,
  models: [
    { name: 'mini', costUsd: 0.0019, success: 0.7 },
    { name: 'premium', costUsd: 0.014, success: 0.6 },
  ],
});
const TRUE_MINI = 0.0019 + 15 * 0.3;
const TRUE_PREMIUM = 0.014 + 15 * 0.05;

const reader = (records: readonly LedgerRecord[]) => ({
  async *scan() {
    yield* records;
  },
});
const logged = (intents: number, policy: Policy = randomMix(), seed = 1) =>
  simulatedLedger(world, policy, { intents, seed });

async function estimateOf(ledger: { scan(): AsyncIterable<LedgerRecord> }, policy: Policy) {
  const estimate = (await replayLedger(ledger, policy)).features['article']?.estimate;
  if (estimate?.kind !== 'estimate') throw new Error(estimate?.reason);
  return estimate;
}

/** The same replay, with every record's evidence learnt at once from whole intents: slower, and simpler. */
async function learntAtOnce(records: readonly LedgerRecord[], policy: Policy) {
  const observed = new Map<string, ObservedPlans>();
  const planOf = new Map<string, string>();
  for (const record of records) {
    observePlans(observed, record, () => planOf.get(record.intentId));
    if (record.kind === 'decided') planOf.set(record.intentId, planKey(record.decision.plan));
  }
  const runs = new Map([...observed].map(([name, plans]) => [name, startLedgerRun(name, plans)]));
  const pooling =
    runs.size > 1 ? priorPooling(new Map([...runs].map(([name, { learned }]) => [name, learned]))) : undefined;
  const random = seededRandom(1).fork('policy');
  const intents = new Map<string, { intent: Intent; target: KnownAtDecision['target'] | undefined }>();
  for (const record of records) {
    const run = runs.get(record.feature) as LedgerRun;
    const known = intents.get(record.intentId);
    if (known === undefined && record.kind === 'decided') {
      const learned = run.learned.segment(record.segment);
      const target = askTarget(run, record, { policy, question: {}, random, learned: () => learned });
      intents.set(record.intentId, { intent: appendRecord(undefined, record), target });
    } else if (known !== undefined) {
      const after = appendRecord(known.intent, record);
      const delta = contributionDelta(known.intent, after);
      run.learned.apply(delta, after.decided.atMs);
      pooling?.add(delta);
      known.intent = after;
    }
  }
  const ordered = [...intents.values()].sort((x, y) => x.intent.decided.atMs - y.intent.decided.atMs);
  for (const { intent, target } of ordered)
    recordOutcome(runs.get(intent.decided.feature) as LedgerRun, { intent, target, question: {} });
  const lastMs = Math.max(...records.map(({ atMs }) => atMs));
  return Object.fromEntries([...runs].map(([name, run]) => [name, featureReplayOf(run, { lastMs })]));
}

/** Looks at what was learnt only now and then, as a policy that commits does. */
function seldomLooking(): Policy {
  const [now, then] = [thompson(), fixed('premium')];
  let decisions = 0;
  const own = (): Policy => (decisions % 7 === 0 ? now : then);
  return {
    name: 'seldom',
    decide(view, random) {
      decisions++;
      return own().decide(view, random);
    },
    allocation: (view, random) => own().allocation?.(view, random) ?? { shares: [] },
  };
}

test.each([
  ['thompson', thompson],
  ['fixed', () => fixed('mini')],
  ['seldom looking', seldomLooking],
])('a replay gives the figures to the last digit that learning every record at once gives: %s', async (_, policy) => {
  const other = { ...worse, name: 'other' };
  const logs = [logged(400).records, simulatedLedger(other, randomMix(), { intents: 400, seed: 2 }).records];
  const [left = [], right = []] = logs.map(records => [...records]);
  const mixed = left.flatMap((record, i) => [record, ...(right[i] === undefined ? [] : [right[i]])]);
  const { features } = await replayLedger(reader(mixed), policy());
  expect(features).toEqual(await learntAtOnce(mixed, policy()));
});

describe('replayLedger', () => {
  test('the estimate contains the true cost of always choosing one model, for either model', async () => {
    const ledger = logged(4000);
    for (const [plan, truth] of [
      ['mini', TRUE_MINI],
      ['premium', TRUE_PREMIUM],
    ] as const) {
      const { costPerIntentUsd, savedPerIntentUsd, loggedCostPerIntentUsd } = await estimateOf(ledger, fixed(plan));
      expect(costPerIntentUsd.low).toBeLessThan(truth);
      expect(costPerIntentUsd.high).toBeGreaterThan(truth);
      expect(savedPerIntentUsd.value).toBe(loggedCostPerIntentUsd - costPerIntentUsd.value);
      expect(Math.sign(savedPerIntentUsd.value)).toBe(plan === 'premium' ? 1 : -1);
    }
  });

  test('a policy that learns sees at every decision only the facts that were known at that time', async () => {
    const { features } = await replayLedger(logged(4000), thompson());
    const replay = features['article'];
    expect(replay?.target['premium']).toBeGreaterThan(0.9);
    expect(replay?.logged['premium']).toBeCloseTo(0.5, 1);
    if (replay?.estimate.kind !== 'estimate') throw new Error('refused');
    expect(replay.estimate.costPerIntentUsd.low).toBeLessThan(TRUE_PREMIUM * 1.1);
    expect(replay.estimate.costPerIntentUsd.value).toBeLessThan(2);
  });

  test('the estimate for the log’s own policy is close to the logged cost', async () => {
    const { costPerIntentUsd, loggedCostPerIntentUsd } = await estimateOf(logged(4000), randomMix());
    expect(costPerIntentUsd.value).toBeCloseTo(loggedCostPerIntentUsd, 1);
  });

  test('a replay is refused with the reason when the log never chose the plan', async () => {
    const { features, total } = await replayLedger(logged(500, fixed('premium')), fixed('mini'));
    expect(features['article']?.estimate).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('no intent used a plan'),
    });
    expect(total).toBeUndefined();
  });

  test('a replay is refused with the reason when the feature does not have the plan', async () => {
    const { features } = await replayLedger(logged(200), fixed('other'));
    expect(features['article']?.estimate).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('a plan that this feature never had'),
    });
  });

  test('the outcomes of one feature become part of the priors of another', async () => {
    const worldOf = (name: string) =>
      modelsWorld({ name, failureCostUsd: 1, models: [{ name: 'mini', costUsd: 0.01, success: 0.05 }] });
    const [first, second] = ['a', 'b'].map(name =>
      simulatedLedger(worldOf(name), fixed('mini'), { intents: 200, seed: name }),
    );
    const means: number[] = [];
    const inner = fixed('mini');
    const spy: Policy = {
      name: 'spy',
      decide(view, random) {
        const { a, b } = view.learned.posterior(view.nowMs).nodes[0]?.ended ?? { a: 1, b: 1 };
        if (view.feature === 'b') means.push(a / (a + b));
        return inner.decide(view, random);
      },
    };
    await replayLedger(reader([...(first?.records ?? []), ...(second?.records ?? [])]), spy);
    // Before its first outcome, feature b expects what feature a has shown.
    expect(means[0]).toBeLessThan(0.3);
  });

  test('intents without an outcome are left out and counted', async () => {
    const records = logged(2000).records.filter(
      record => record.kind !== 'labelled' || Number(record.intentId.split('-')[1]) % 4 !== 0,
    );
    const { features } = await replayLedger(reader(records), fixed('premium'));
    expect(features['article']?.withoutOutcome).toBe(500);
    expect(features['article']?.estimate.intents).toBe(1500);
  });

  test('the estimate for a fixed policy does not depend on the order in which the intents were written', async () => {
    const halves = [logged(300), simulatedLedger(worse, randomMix(), { intents: 300, seed: 2 })];
    // Half of the outcomes are missing, and some decisions are of the same moment.
    const ordered = halves
      .flatMap(({ records }, i) =>
        records.map(one => ({ ...one, atMs: one.atMs - (one.atMs % 30_000) + i * 3_000_000 })),
      )
      .filter(({ kind, intentId }) => kind !== 'labelled' || Number(intentId.split('-')[1]) % 2 === 0);
    const answer = await replayLedger(reader(ordered), fixed('premium'));
    expect(answer.features['article']?.estimate.kind).toBe('estimate');
    const intents = [...Map.groupBy(ordered, ({ intentId }) => intentId).values()];
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(intents, { minLength: intents.length }), async shuffled => {
        expect(await replayLedger(reader(shuffled.flat()), fixed('premium'))).toEqual(answer);
      }),
      { numRuns: 10 },
    );
  });

  describe('decisions at which the other policy’s plan was not eligible', () => {
    /** A log whose last intents are pinned to one plan, as the engine records a pin. */
    function pinnedFrom(from: number, intents: number, only = 'mini') {
      const pinned = simulatedLedger(world, fixed(only), { intents: intents - from, seed: 'pinned' }).records;
      const forced = pinned.map(record =>
        record.kind === 'decided' ? { ...record, decision: { ...record.decision, eligible: [only] } } : record,
      );
      return reader([...logged(from).records, ...forced]);
    }

    test('a few decisions without the plan are left out and counted, and the estimate from the rest contains the truth', async () => {
      const replay = (await replayLedger(pinnedFrom(3900, 4000), fixed('premium'))).features['article'];
      expect(replay).toMatchObject({ notEligible: 100, decisions: 4000, target: { premium: 1 } });
      if (replay?.estimate.kind !== 'estimate') throw new Error('refused');
      expect(replay.estimate.intents).toBe(3900);
      expect(replay.estimate.costPerIntentUsd.high).toBeGreaterThan(TRUE_PREMIUM);
      expect(replay.estimate.costPerIntentUsd.low).toBeLessThan(TRUE_PREMIUM);
    });

    test('a replay is refused with the reason when the plan was often not eligible', async () => {
      const { features, total } = await replayLedger(pinnedFrom(300, 1200), fixed('premium'));
      expect(features['article']?.estimate).toMatchObject({
        kind: 'refused',
        reason: expect.stringContaining('was not eligible for 900 of 1,200 decisions (75.0 %; at most 5.0 %)'),
      });
      expect(total).toBeUndefined();
    });

    test('the replay of a pinned plan leaves out no decision, because the plan was always eligible', async () => {
      const replay = (await replayLedger(pinnedFrom(300, 1200), fixed('mini'))).features['article'];
      expect(replay).toMatchObject({ notEligible: 0, estimate: { kind: 'estimate', intents: 1200 } });
    });

    test('a decision is left out when the policy would prefer the excluded plan, but not when it would only explore it', async () => {
      const notEligible = async (pinned: string) => {
        const ledger = pinnedFrom(300, 1200, pinned);
        return (await replayLedger(ledger, thompson({ floor: 'evaluation' }))).features['article']?.notEligible;
      };
      expect(await notEligible('mini')).toBe(900);
      expect(await notEligible('premium')).toBe(0);
    });
  });

  test('the estimated cost equals the estimated spend when failures cost nothing', async () => {
    const { records } = logged(2000, randomMix({ premium: 3 }));
    const { features } = await replayLedger(reader(records), fixed('premium'), { failureCostUsd: 0 });
    const found = features['article']?.estimate;
    if (found?.kind !== 'estimate') throw new Error('refused');
    expect(found.costPerIntentUsd.value).toBeCloseTo(found.spendPerIntentUsd.value, 12);
  });

  test('a corrected outcome replaces the first one', async () => {
    const { records } = logged(2000, randomMix({ premium: 3 }));
    const corrections = records.flatMap((record): LedgerRecord[] =>
      record.kind === 'labelled'
        ? [
            {
              ...record,
              kind: 'corrected',
              revision: record.revision + 1,
              evidence: { source: 'audit', success: false },
            },
          ]
        : [],
    );
    const { successRate } = await estimateOf(reader([...records, ...corrections]), fixed('premium'));
    // Every outcome is a failure now, but the first predictions precede all corrections and raise the estimate a little.
    expect(successRate.value).toBeGreaterThanOrEqual(0);
    expect(successRate.value).toBeLessThan(0.02);
  });

  test('only decisions in the requested period count', async () => {
    const { records } = logged(4000);
    const atMs = (intent: number): number => records.find(record => record.intentId === `1-${intent}`)?.atMs ?? 0;
    const ledger = reader(records);
    const { features } = await replayLedger(ledger, fixed('premium'), { fromMs: atMs(1000), toMs: atMs(3000) });
    expect(features['article']?.estimate.intents).toBe(2000);
  });

  test('another failure cost changes the estimated cost but not the success rate', async () => {
    const ledger = logged(4000);
    const base = await estimateOf(ledger, fixed('premium'));
    const other = (await replayLedger(ledger, fixed('premium'), { failureCostUsd: 1.5 })).features['article']?.estimate;
    if (other?.kind !== 'estimate') throw new Error('refused');
    expect(other.successRate).toEqual(base.successRate);
    expect(other.costPerIntentUsd.value).toBeLessThan(0.15 * base.costPerIntentUsd.value);
  });

  test('the savings of features add up, and so do their variances', async () => {
    const one = logged(3000);
    const other = one.records.map(record => ({ ...record, intentId: `x${record.intentId}`, feature: 'again' }));
    const { features, total } = await replayLedger(reader([...one.records, ...other]), fixed('premium'));
    const saved = Object.values(features).map(({ estimate }) =>
      estimate.kind === 'estimate' ? estimate.savedPerIntentUsd : { value: 0, low: 0, high: 0 },
    );
    expect(total?.savedUsd.value).toBeCloseTo(3000 * saved.reduce((sum, { value }) => sum + value, 0), 6);
    const half = 3000 * Math.hypot(...saved.map(({ value, high }) => high - value));
    expect((total?.savedUsd.high ?? 0) - (total?.savedUsd.value ?? 0)).toBeCloseTo(half, 6);
  });

  test('a policy that decides at random without `allocation` is an error', async () => {
    const mute: Policy = { name: 'mute', decide: (view, random) => randomMix().decide(view, random) };
    await expect(replayLedger(logged(10), mute)).rejects.toThrow('cannot state its shares');
  });

  test('the same seed gives the same estimate', async () => {
    const ledger = logged(1500);
    const run = async () => replayLedger(ledger, epsilonGreedy(), { seed: 3 });
    expect(await run()).toEqual(await run());
  });
});

test.each<[string, unknown, unknown, string]>([
  ['no policy', undefined, {}, 'replayLedger.policy'],
  ['options in the place of the policy', { policies: ['x'] }, {}, 'replayLedger.policy'],
  ['a misspelt option', fixed('mini'), { featur: 'x' }, 'replayLedger.featur'],
])('replayLedger() rejects %s and says where the mistake is', async (_, policy, options, path) => {
  await expect((replayLedger as Loose)(memory(), policy, options)).rejects.toMatchObject({
    code: 'invalid-value',
    path,
  });
});
