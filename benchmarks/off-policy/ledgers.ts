/**
 * The ledgers on which savings and replays are tested. They differ in how intents vary (failure cost, segment, time), how they
 * were routed, and which outcomes are missing. The true cost of every plan is known for every intent.
 */
import type { LedgerRecord } from '../../src/core/ledger/records.ts';
import type { Random } from '../../src/core/math/random.ts';
import { lognormalVariate } from '../../src/core/math/samplers.ts';
import type { Policy } from '../../src/contracts/policy.ts';
import { withHoldout } from '../../src/policies/holdout.ts';
import { planKey } from '../../src/core/ledger/vocabulary.ts';
import { planSetOf } from '../../src/core/ledger/plan-set.ts';
import { thompson } from '../../src/policies/thompson.ts';
import { SIMULATION_START_MS } from '../../src/replay/common/answered-intent.ts';
import { cascadeWorld } from '../../src/replay/worlds/cascade-world.ts';
import type { Arrival, ByIntent, World } from '../../src/replay/worlds/world.ts';
import { modelsWorld } from '../../src/replay/worlds/world.ts';

export interface LedgerKind {
  readonly name: string;
  /** @param intents so that a change can come half-way */
  world(intents: number): World;
  /** Default: Thompson sampling with the evaluation floor. */
  policy?(intents: number): Policy;
  /** Default: as many as the run asks for. */
  readonly intents?: number;
  /** True: a router routes the intents through its public API. Default: a simulation decides and labels them. */
  readonly isRouted?: boolean;
  /** Changes the records of the simulation. */
  alter?(records: readonly LedgerRecord[], random: Random): readonly LedgerRecord[];
  /** Outcomes are missing more often for failures or for successes, so that a refusal is the right answer. */
  readonly isByKind?: boolean;
}

type Arm = readonly [costUsd: ByIntent, success: ByIntent];
type Arrivals = (step: number, random: Random) => Arrival;

const NAMES: readonly string[] = ['mini', 'premium', 'opus', 'ultra'];

function world(arms: readonly Arm[], failureCostUsd: number, arrival?: Arrivals): World {
  return modelsWorld({
    name: 'feature',
    failureCostUsd,
    models: arms.map(([costUsd, success], k) => ({ name: NAMES[k] as string, costUsd, success })),
    ...(arrival === undefined ? {} : { arrival }),
  });
}

/** A fraction of the users with one failure cost, and the others with $0.05. */
function expensiveUsers(fraction: number, failureCostUsd: number): Arrivals {
  return (_, random) => ({ segment: '', failureCostUsd: random.next() < fraction ? failureCostUsd : 0.05 });
}

/** Segments with these weights, and one failure cost. */
function segments(weights: Readonly<Record<string, number>>, failureCostUsd: number): Arrivals {
  const names = Object.keys(weights);
  const whole = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  return (_, random) => {
    let left = random.next() * whole;
    const segment = names.find(name => (left -= weights[name] as number) < 0) ?? names[0] ?? '';
    return { segment, failureCostUsd };
  };
}

/** A figure by segment. */
const by =
  (figures: Readonly<Record<string, number>>): ByIntent =>
  (_, { segment }) =>
    figures[segment] as number;

const before =
  (change: number, first: number, then: number): ByIntent =>
  step =>
    step < change ? first : then;

const DAY = 288;

/** A rate that rises and falls by `swing` every `length` intents. */
const wave =
  (mean: number, swing: number, length: number): ByIntent =>
  step =>
    mean + swing * Math.sin((2 * Math.PI * step) / length);

const heldOut = (): Policy => withHoldout(thompson({ floor: 'evaluation' }), { model: 'premium', fraction: 0.1 });

const MANY: Readonly<Record<string, number>> = Object.fromEntries(
  Array.from({ length: 20 }, (_, i) => [`s${i}`, 1 / (i + 1)]),
);

/** Leaves out the outcome of every intent for which `keeps` returns false. */
function labelled(
  records: readonly LedgerRecord[],
  keeps: (success: boolean, step: number) => boolean,
): readonly LedgerRecord[] {
  return records.filter(
    record =>
      record.kind !== 'labelled' || keeps(record.evidence.success === true, Number(record.intentId.split('-').at(-1))),
  );
}

/** Leaves out the outcomes of half of a plan's failures in one segment. */
function hiddenIn(segment: string, plan: string): NonNullable<LedgerKind['alter']> {
  return (records, random) => {
    const isThere = new Set(
      records.flatMap(record =>
        record.kind === 'decided' && record.segment === segment && planKey(record.decision.plan) === plan
          ? [record.intentId]
          : [],
      ),
    );
    return records.filter(
      record =>
        record.kind !== 'labelled' ||
        record.evidence.success === true ||
        !isThere.has(record.intentId) ||
        random.next() < 0.5,
    );
  };
}

/** Records in the order of their times, without those after the last decision. */
function late(records: readonly LedgerRecord[], delayMs: (success: boolean) => number): readonly LedgerRecord[] {
  const endMs = records.findLast(({ kind }) => kind === 'decided')?.atMs ?? 0;
  return records
    .map(record =>
      record.kind === 'labelled'
        ? { ...record, atMs: record.atMs + delayMs(record.evidence.success === true) }
        : record,
    )
    .filter(({ atMs }) => atMs <= endMs)
    .sort((a, b) => a.atMs - b.atMs);
}

/** Failures are known at once, and silence means success after this fraction of the ledger's time. */
function silent(records: readonly LedgerRecord[], window: number): readonly LedgerRecord[] {
  const [first, last] = [records.at(0), records.findLast(({ kind }) => kind === 'decided')];
  const windowMs = window * ((last?.atMs ?? 0) - (first?.atMs ?? 0));
  return late(records, success => (success ? windowMs : 0)).map(record =>
    record.kind === 'labelled' && record.evidence.success === true
      ? { ...record, evidence: { source: 'silence', success: true } }
      : record,
  );
}

/** Thompson sampling, except that an operator pins a plan for some of the intents. */
function pinnedTo(plan: number, isPinned: (step: number) => boolean): Policy {
  const policy = thompson({ floor: 'evaluation' });
  const firstMs = SIMULATION_START_MS;
  return {
    ...policy,
    name: 'pinned at times',
    decide: (view, random) =>
      policy.decide(
        isPinned((view.nowMs - firstMs) / STEP_MS) ? { ...view, eligible: planSetOf([plan]) } : view,
        random,
      ),
  };
}

/** One intent every five minutes. */
export const STEP_MS = 300_000;

const ARTICLE: readonly Arm[] = [
  [0.0019, 0.7],
  [0.014, 0.95],
];

const miniIsBest = (): World =>
  world(
    [
      [0.002, 0.8],
      [0.03, 0.9],
    ],
    0.2,
  );

const easyAndHard = (): World =>
  world(
    [
      [by({ easy: 0.002, hard: 0.004 }), by({ easy: 0.99, hard: 0.3 })],
      [by({ easy: 0.02, hard: 0.06 }), by({ easy: 0.99, hard: 0.7 })],
    ],
    0.5,
    segments({ easy: 1, hard: 1 }, 0.5),
  );

const fourSegments = (): World =>
  world(
    [
      [0.0019, by({ s0: 0.9, s1: 0.8, s2: 0.6, s3: 0.4 })],
      [0.014, by({ s0: 0.97, s1: 0.95, s2: 0.9, s3: 0.85 })],
    ],
    1,
    segments({ s0: 1, s1: 1, s2: 1, s3: 1 }, 1),
  );

export const LEDGERS: readonly LedgerKind[] = [
  { name: 'article', world: () => world(ARTICLE, 15) },
  {
    name: 'near tie',
    world: () =>
      world(
        [
          [0.0019, 0.945],
          [0.014, 0.95],
        ],
        15,
      ),
  },
  {
    name: 'cost dominates',
    world: () =>
      world(
        [
          [0.0019, 0.8],
          [0.014, 0.95],
        ],
        0.05,
      ),
  },
  {
    name: '5 % of users at $200',
    world: () =>
      world(
        [
          [0.0019, 0.8],
          [0.014, 0.95],
        ],
        1,
        expensiveUsers(0.05, 200),
      ),
  },
  {
    name: '20 % of users at $15',
    world: () =>
      world(
        [
          [0.0019, 0.8],
          [0.014, 0.95],
        ],
        1,
        expensiveUsers(0.2, 15),
      ),
  },
  {
    name: 'segments: opposite winners',
    world: () =>
      world(
        [
          [0.002, by({ a: 0.98, b: 0.4 })],
          [0.05, 0.95],
        ],
        0.5,
        segments({ a: 1, b: 1 }, 0.5),
      ),
  },
  {
    name: 'segments: easy and hard',
    world: () => easyAndHard(),
  },
  {
    name: 'premium falls half-way',
    world: n =>
      world(
        [
          [0.0019, 0.7],
          [0.014, before(n / 2, 0.95, 0.55)],
        ],
        15,
      ),
  },
  {
    name: 'premium falls in the last tenth',
    world: n =>
      world(
        [
          [0.0019, 0.7],
          [0.014, before(0.9 * n, 0.95, 0.55)],
        ],
        15,
      ),
  },
  {
    name: 'mini improves half-way',
    world: n =>
      world(
        [
          [0.0019, before(n / 2, 0.7, 0.985)],
          [0.014, 0.95],
        ],
        15,
      ),
  },
  {
    name: 'all harder half-way',
    world: n =>
      world(
        [
          [0.0019, before(n / 2, 0.7, 0.5)],
          [0.014, before(n / 2, 0.95, 0.75)],
        ],
        15,
      ),
  },
  {
    name: '5 % holdout',
    policy: () => withHoldout(thompson({ floor: 'evaluation' }), { model: 'premium', fraction: 0.05 }),
    world: () =>
      world(
        [
          [0.004, 0.96],
          [0.06, 0.975],
        ],
        2.5,
      ),
  },
  {
    name: '20 % at $15, premium falls',
    world: n =>
      world(
        [
          [0.0019, 0.7],
          [0.014, before(n / 2, 0.95, 0.55)],
        ],
        1,
        expensiveUsers(0.2, 15),
      ),
  },
  {
    name: 'more users at $15 in time, mini improves',
    world: n =>
      world(
        [
          [0.0019, before(n / 2, 0.7, 0.94)],
          [0.014, 0.95],
        ],
        1,
        (step, random) => ({ segment: '', failureCostUsd: random.next() < 0.05 + (0.35 * step) / n ? 15 : 0.05 }),
      ),
  },
  {
    name: 'linear drift, opposite ways',
    world: n =>
      world(
        [
          [0.0019, step => 0.8 + (0.15 * step) / n],
          [0.014, step => 0.95 - (0.12 * step) / n],
        ],
        15,
      ),
  },
  {
    name: 'by day and by night',
    // Nights have few users, most of them expensive and hard.
    world: () =>
      world(
        [
          [0.0019, by({ day: 0.93, night: 0.6 })],
          [0.014, by({ day: 0.96, night: 0.9 })],
        ],
        1,
        (step, random) => {
          const isNight = random.next() < (step % DAY < DAY / 3 ? 0.6 : 0.05);
          return { segment: isNight ? 'night' : 'day', failureCostUsd: lognormalVariate(isNight ? 4 : 0.3, 1, random) };
        },
      ),
  },
  {
    name: 'three models, two segments, 20 % at $15',
    world: () =>
      world(
        [
          [0.0019, by({ a: 0.75, b: 0.5 })],
          [0.014, by({ a: 0.93, b: 0.9 })],
          [0.06, by({ a: 0.94, b: 0.97 })],
        ],
        1,
        (_, random) => ({
          segment: random.next() < 0.5 ? 'a' : 'b',
          failureCostUsd: random.next() < 0.2 ? 15 : 0.05,
        }),
      ),
  },
  {
    name: 'four models',
    world: () =>
      world(
        [
          [0.0008, 0.6],
          [0.0019, 0.8],
          [0.006, 0.92],
          [0.014, 0.95],
        ],
        15,
      ),
  },
  {
    name: 'cascade with a verdict',
    world: () =>
      cascadeWorld({
        name: 'feature',
        cheap: { name: 'mini', costUsd: 0.0019, success: 0.7 },
        premium: { name: 'premium', costUsd: 0.014, successIfCheapDid: 0.98, successIfNot: 0.85 },
        sensitivity: 0.8,
        specificity: 0.9,
        judgeCostUsd: 0.0005,
        failureCostUsd: 2,
      }),
  },
  {
    name: 'failure cost of every size, harder where it is higher',
    world: () =>
      world(
        [
          [0.0019, (_, { failureCostUsd }) => 0.95 - 0.3 * (failureCostUsd / (failureCostUsd + 2))],
          [0.014, 0.95],
        ],
        1,
        (_, random) => ({ segment: '', failureCostUsd: lognormalVariate(1, 1.5, random) }),
      ),
  },
  {
    name: '20 segments',
    world: () =>
      world(
        [
          [0.0019, (_, { segment }) => 0.5 + 0.02 * Number(segment.slice(1))],
          [0.014, (_, { segment }) => 0.97 - 0.01 * Number(segment.slice(1))],
        ],
        1,
        segments(MANY, 1),
      ),
  },
  {
    name: '1,000 intents, 20 % at $15',
    intents: 1000,
    world: () =>
      world(
        [
          [0.0019, 0.8],
          [0.014, 0.95],
        ],
        1,
        expensiveUsers(0.2, 15),
      ),
  },
  {
    name: 'pinned to premium for 4 % of the time',
    world: n =>
      world(
        [
          [0.0019, 0.8],
          [0.014, before(n / 2, 0.95, 0.85)],
        ],
        2,
      ),
    policy: n => pinnedTo(1, step => step >= 0.6 * n && step < 0.64 * n),
  },
  {
    name: 'mini is worse at night, for a day and a half',
    intents: 2000,
    policy: heldOut,
    world: () =>
      world(
        [
          [0.002, wave(0.75, 0.18, 1440)],
          [0.03, 0.9],
        ],
        0.2,
      ),
  },
  {
    name: 'mini gets worse and better three times',
    policy: heldOut,
    world: () =>
      world(
        [
          [0.002, wave(0.75, 0.18, 2667)],
          [0.03, 0.9],
        ],
        0.2,
      ),
  },
  {
    name: 'recorded failure costs',
    world: () =>
      world(
        [
          [0.0019, 0.8],
          [0.014, 0.95],
        ],
        1,
        expensiveUsers(0.2, 15),
      ),
    alter: (records, random) => {
      let expectedNanoUsd = 0;
      return records.map(record => {
        if (record.kind === 'decided') expectedNanoUsd = record.failureCostNanoUsd;
        if (record.kind !== 'labelled' || record.evidence.success !== false) return record;
        const costNanoUsd = Math.round(lognormalVariate(expectedNanoUsd, 1, random));
        return { ...record, evidence: { ...record.evidence, costNanoUsd } };
      });
    },
  },
  {
    name: 'silence: only failures of the last 23 %',
    isByKind: true,
    world: () => world(ARTICLE, 15),
    alter: records => {
      const n = records.filter(({ kind }) => kind === 'decided').length;
      return labelled(records, (success, step) => !success || step < 0.77 * n);
    },
  },
  {
    name: 'silence means success after 23 % of the time',
    world: () => world(ARTICLE, 15),
    alter: records => silent(records, 0.23),
  },
  {
    name: 'outcomes up to 500 intents late',
    world: () => world(ARTICLE, 15),
    alter: (records, random) => late(records, () => Math.floor(500 * random.next()) * STEP_MS),
  },
  {
    name: 'outcomes of 60 % of failures, 30 % of successes',
    isByKind: true,
    world: () => world(ARTICLE, 15),
    alter: (records, random) => labelled(records, success => random.next() < (success ? 0.3 : 0.6)),
  },
  {
    name: 'outcomes of half of the failures, all successes',
    isByKind: true,
    world: () => world(ARTICLE, 15),
    alter: (records, random) => labelled(records, success => success || random.next() < 0.5),
  },
  {
    name: 'one segment of four: half of the failures of mini, which is chosen seldom',
    isByKind: true,
    world: () => fourSegments(),
    alter: hiddenIn('s1', 'mini'),
  },
  {
    // This ledger looks the same as a segment whose outcomes are missing at random: the few intents with mini do not show a difference.
    name: 'one segment of four: half of the failures of premium, which is chosen nearly always',
    isByKind: true,
    world: () => fourSegments(),
    alter: hiddenIn('s3', 'premium'),
  },
  {
    name: 'mini is best, half of the failures lost',
    isByKind: true,
    intents: 2000,
    world: () => miniIsBest(),
    alter: (records, random) => labelled(records, success => success || random.next() < 0.5),
  },
  {
    name: 'mini is best, 10 % holdout, half of the failures lost',
    isByKind: true,
    intents: 2000,
    policy: heldOut,
    world: () => miniIsBest(),
    alter: (records, random) => labelled(records, success => success || random.next() < 0.5),
  },
  {
    name: 'mini is best, 10 % holdout, outcomes of 50 % at random',
    policy: heldOut,
    world: () => miniIsBest(),
    alter: (records, random) => labelled(records, () => random.next() < 0.5),
  },
  {
    name: 'near tie, outcomes of 50 % at random',
    world: () =>
      world(
        [
          [0.0019, 0.945],
          [0.014, 0.95],
        ],
        15,
      ),
    alter: (records, random) => labelled(records, () => random.next() < 0.5),
  },
  {
    name: 'segments: easy and hard, outcomes of 50 % at random',
    world: () => easyAndHard(),
    alter: (records, random) => labelled(records, () => random.next() < 0.5),
  },
  {
    name: 'outcomes of 90 % at random',
    world: () => world(ARTICLE, 15),
    alter: (records, random) => labelled(records, () => random.next() < 0.9),
  },
  {
    name: 'outcomes of 50 % at random',
    world: () => world(ARTICLE, 15),
    alter: (records, random) => labelled(records, () => random.next() < 0.5),
  },
  {
    name: 'outcomes of 30 % at random',
    world: () => world(ARTICLE, 15),
    alter: (records, random) => labelled(records, () => random.next() < 0.3),
  },
  {
    name: 'routed: 20 % of users at $15',
    isRouted: true,
    world: () =>
      world(
        [
          [0.002, 0.8],
          [0.014, 0.95],
        ],
        1,
        expensiveUsers(0.2, 15),
      ),
  },
  {
    name: 'routed: segments, 20 % of users at $15',
    isRouted: true,
    world: () =>
      world(
        [
          [0.002, by({ 'tier=easy': 0.97, 'tier=hard': 0.6 })],
          [0.014, by({ 'tier=easy': 0.98, 'tier=hard': 0.9 })],
        ],
        1,
        (_, random) => ({
          segment: random.next() < 0.7 ? 'tier=easy' : 'tier=hard',
          failureCostUsd: random.next() < 0.2 ? 15 : 0.05,
        }),
      ),
  },
];
