/** The bars of sessions: each compares a cost with that of a rule that knows all rates of the simulated world. */
import { seededRandom } from '../../src/core/math/random.ts';
import { sessionLearning } from '../../src/core/sessions/session-learning.ts';
import { extraUsdOf } from '../../src/core/sessions/extra-usd.ts';
import { prefixTerms } from '../../src/engine/state/prefix-terms.ts';
import { thompson } from '../../src/policies/thompson.ts';
import type { Figure, Part, Settings } from '../statistics/check.ts';
import { atLeast, atMost, meanOf } from '../statistics/check.ts';
import type { Chooser, Step } from './known.ts';
import { bestByFeature, drawSession, failureUsd, improved, pinned, ruleChooser, walk } from './known.ts';
import type { LearnerRun, Mode } from './learner.ts';
import { candidateOf, learn, sessionsOf, speedView } from './learner.ts';
import { STUCK, STUCK_UNSEEN } from './stuck-parts.ts';
import { STANDARD_COST } from './standard-cost.ts';
import { threadCpuUs } from '../thread-cpu.ts';
import type { SessionWorld } from './worlds.ts';
import { LENGTHS, randomSessionWorld, WORLDS } from './worlds.ts';

/** Intents of a learner's run: as many as a feature has in a few days. */
const INTENTS = 3000;

/** Sessions on which the choices with full knowledge are compared. */
const SESSIONS = 100;

type Sessions = readonly (readonly Step[])[];

const usdOf = (world: SessionWorld, sessions: Sessions, choose: Chooser): number =>
  sessions.reduce((sum, steps) => sum + walk(world, steps, choose).usd, 0);

interface KnownCosts {
  readonly rule: Chooser;
  /** Cost of the best known choices over the cost of the rule. */
  readonly best: number;
  readonly atOnce: number;
  readonly pinned: number;
}

const costs = new Map<string, KnownCosts>();

/** Costs over the rule's, on sessions that no learner sees. */
function knownCosts(world: SessionWorld, firstSeed: number): KnownCosts {
  const before = costs.get(world.name);
  if (before !== undefined) return before;
  failureUsd(world);
  const random = seededRandom(`known ${world.name} ${firstSeed}`);
  const sessions = Array.from({ length: SESSIONS }, () => drawSession(world, random));
  const rule = ruleChooser(world);
  const own = usdOf(world, sessions, rule);
  const over = (choose: Chooser): number => usdOf(world, sessions, choose) / own;
  const best = Math.min(1, over(bestByFeature(world, sessions)), over(improved(world, rule, world.name)));
  const known = { rule, best, atOnce: over(ruleChooser(world, { atOnce: true })), pinned: over(pinned(rule)) };
  costs.set(world.name, known);
  return known;
}

/** The percentage by which a ratio is above 1. */
const percent = (ratio: number): number => 100 * (ratio - 1);

const largest = (list: readonly number[]): number => Math.max(...list);

/** In percent of the best that is known, by world. */
function knownOver(worlds: readonly SessionWorld[], { seeds, progress }: Settings) {
  const known = worlds.map(world => {
    progress(`known rates: ${world.name}`);
    return knownCosts(world, seeds[0] as number);
  });
  const over = (what: (each: KnownCosts) => number): readonly number[] =>
    known.map(each => percent(what(each) / each.best));
  return { rule: over(() => 1), atOnce: over(each => each.atOnce), pin: over(each => each.pinned) };
}

const ruleFigures = (rule: readonly number[], where = ''): readonly Figure[] => [
  { name: `the rule over the best that is known${where}: mean`, ...meanOf(rule), unit: '%', bar: atMost(0.5) },
  { name: `the rule over the best that is known${where}: worst`, value: largest(rule), unit: '%', bar: atMost(3) },
];

export const KNOWN_RATES: Part = {
  name: 'known rates',
  run(options) {
    const { rule, atOnce, pin } = knownOver(WORLDS, options);
    return [
      ...ruleFigures(rule),
      // A benchmark that does not detect this mistake could not detect others.
      { name: '  with the cost of entry counted at once: mean', ...meanOf(atOnce), unit: '%', bar: atLeast(0.5) },
      {
        name: '  with the cost of entry counted at once: worst',
        value: largest(atOnce),
        unit: '%',
        bar: atLeast(3),
      },
      { name: '  pinned to its first model: mean', ...meanOf(pin), unit: '%' },
      { name: '  pinned to its first model: worst', value: largest(pin), unit: '%' },
    ];
  },
};

const sum = (list: readonly number[]): number => list.reduce((total, each) => total + each, 0);

/** Cost of a learner over the best known choices: for all its intents, and for the later half. */
interface LearnerOver {
  readonly whole: number;
  readonly late: number;
}

function learnerOver(world: SessionWorld, mode: Mode, seed: number, firstSeed: number): LearnerOver {
  const { rule, best } = knownCosts(world, firstSeed);
  const sessions = sessionsOf(world, seed, INTENTS);
  const later = sessions.slice(Math.floor(sessions.length / 2));
  const { usd } = learn(world, sessions, mode, seed);
  const count = sum(later.map(({ length }) => length));
  return {
    whole: sum(usd) / (best * usdOf(world, sessions, rule)),
    late: sum(usd.slice(-count)) / (best * usdOf(world, later, rule)),
  };
}

function learnerFigures(worlds: readonly SessionWorld[], { seeds, progress }: Settings, where = ''): readonly Figure[] {
  const [firstSeed = 0] = seeds;
  const runs: { readonly built: readonly LearnerOver[]; readonly before: readonly LearnerOver[] }[] = [];
  const harms: { readonly name: string; readonly excess: number; readonly percent: number }[] = [];
  for (const world of worlds) {
    const built = seeds.map(seed => learnerOver(world, 'session', seed, firstSeed));
    const before = seeds.map(seed => learnerOver(world, 'today', seed, firstSeed));
    runs.push({ built, before });
    const { value, standardError } = meanOf(built.map((each, i) => 100 * (each.whole / (before[i]?.whole ?? 1) - 1)));
    harms.push({ name: world.name, excess: value - 2 * standardError, percent: value });
    progress(`learner: ${world.name}`);
  }
  /** The worlds are given, so the error of their mean is that over seeds. */
  const over = (which: 'built' | 'before', what: keyof LearnerOver) =>
    meanOf(seeds.map((_, i) => meanOf(runs.map(run => percent(run[which][i]?.[what] as number))).value));
  const worst = harms.reduce((a, b) => (b.excess > a.excess ? b : a));
  return [
    { name: `the router over the best that is known${where}`, ...over('built', 'whole'), unit: '%', bar: atMost(3.5) },
    {
      name: `the router over the best that is known${where}: later half`,
      ...over('built', 'late'),
      unit: '%',
      bar: atMost(2.2),
    },
    { name: '  without sessions', ...over('before', 'whole'), unit: '%' },
    { name: '  without sessions: later half', ...over('before', 'late'), unit: '%' },
    {
      name: `harm in the worst world, less two standard errors (${worst.name}: ${worst.percent.toFixed(1)} %)`,
      value: worst.excess,
      unit: '%',
      bar: atMost(2),
    },
  ];
}

export const LEARNER: Part = { name: 'learner', run: options => learnerFigures(WORLDS, options) };

export const SESSION_LENGTHS: Part = {
  name: 'session lengths',
  run: options => [
    ...ruleFigures(knownOver(LENGTHS, options).rule, ', by length'),
    ...learnerFigures(LENGTHS, options, ', by length'),
  ],
};

/** Random worlds beside the listed ones: a few differ by tens of percent, so many are needed for a stable mean. */
const UNSEEN_PER_SEED = 16;

export const UNSEEN_WORLDS: Part = {
  name: 'unseen worlds',
  run({ seeds, progress }) {
    const [firstSeed = 0] = seeds;
    const differences: number[] = [];
    for (let number = firstSeed; number < firstSeed + UNSEEN_PER_SEED * seeds.length; number++) {
      const world = randomSessionWorld(seededRandom(`random session world ${number}`), `unseen ${number}`);
      const sessions = sessionsOf(world, number, INTENTS);
      const [built, today] = (['session', 'today'] as const).map(mode =>
        sum(learn(world, sessions, mode, number).usd),
      ) as [number, number];
      differences.push(percent(built / today));
      progress(world.name);
    }
    const mean = meanOf(differences);
    return [
      { name: 'the router in unseen worlds over one without sessions', ...mean, unit: '%', bar: atMost(-0.5) },
      { name: '  with two standard errors', value: mean.value + 2 * mean.standardError, unit: '%', bar: atMost(0) },
    ];
  },
};

type Totals = LearnerRun['sums'][number][number];

/** Minimum number of visits of a cell in one run, and of runs with that many, so that chance is not mistaken for a bias. */
const MIN_VISITS = 200;
const MIN_RUNS = 4;

export const NET_CELLS: Part = {
  name: 'net cells',
  run({ seeds, progress }) {
    const off = { net: [] as number[], billed: [] as number[] };
    for (const world of WORLDS.filter(({ failureMultiple }) => failureMultiple === 20)) {
      const add = (total: Totals, more: Totals): void => {
        for (const name of ['n', 'cost', 'prefixCost'] as const) total[name] += more[name];
      };
      const grid = (): Totals[][] =>
        world.features.map(() => world.models.map(() => ({ n: 0, cost: 0, prefixCost: 0 })));
      const [seen, forced] = [grid(), grid()];
      for (const seed of seeds) {
        const sessions = sessionsOf(world, seed, INTENTS);
        const own = learn(world, sessions, 'session', seed).sums;
        const always = world.models.map((_, k) => learn(world, sessions, { always: k }, seed).sums);
        own.forEach((models, f) =>
          models.forEach((totals, k) => {
            if (totals.n < MIN_VISITS) return;
            add(seen[f]?.[k] as Totals, totals);
            add(forced[f]?.[k] as Totals, always[k]?.[f]?.[k] as Totals);
          }),
        );
      }
      seen.forEach((models, f) =>
        models.forEach((totals, k) => {
          if (totals.n < MIN_VISITS * Math.min(MIN_RUNS, seeds.length)) return;
          const truth = forced[f]?.[k] as Totals;
          const net = (each: Totals): number => (each.cost - each.prefixCost) / each.n;
          off.net.push(net(totals) / net(truth));
          off.billed.push(totals.cost / totals.n / (truth.cost / truth.n));
        }),
      );
      progress(`net cells: ${world.name}`);
    }
    const furthest = (list: readonly number[]): number =>
      largest(list.map(ratio => percent(Math.max(ratio, 1 / ratio))));
    return [
      {
        name: 'a net cell from that of its model serving every session: worst',
        value: furthest(off.net),
        unit: '%',
        bar: atMost(3),
        note: `${off.net.length} cells`,
      },
      { name: '  as billed', value: furthest(off.billed), unit: '%', note: `${off.billed.length} cells` },
    ];
  },
};

const DECISIONS = 20_000;

export const SPEED: Part = {
  name: 'speed',
  run: (): readonly Figure[] => {
    const names = ['m0', 'm1', 'm2', 'm3'];
    const [model] = WORLDS[0]?.models ?? [];
    if (model === undefined) throw new Error('a world has models');
    const candidates = names.map(name => candidateOf({ ...model, name }));
    const termOf = prefixTerms({ name: 'f', candidates, objective: 'cost-per-intent' }, sessionLearning());
    const [policy, random] = [thompson(), seededRandom('speed')];
    const view = speedView(names);
    const known = {
      prefix: { tokens: 20_000, gapMs: 1000, earlierIntents: 2 },
      models: { m0: { tokens: 20_000, atMs: view.nowMs - 1000 } },
      nowMs: view.nowMs,
    };
    const decide = (): void => {
      const term = termOf(known, view.learned, view.failureCostUsd);
      policy.decide({ ...view, ...(term && { extraUsd: extraUsdOf(term, names) }) }, random);
    };
    const [before, after] = [() => void policy.decide(view, random), decide].map(once => {
      for (let i = 0; i < DECISIONS; i++) once();
      const runs = Array.from({ length: 9 }, () => {
        // CPU of this thread: the time that the caller of a decision waits.
        const beforeUs = threadCpuUs();
        for (let i = 0; i < DECISIONS; i++) once();
        return (threadCpuUs() - beforeUs) / DECISIONS;
      });
      return Math.min(...runs);
    }) as [number, number];
    return [
      { name: 'a decision with the prefix, four models', value: after, unit: 'µs', bar: atMost(5) },
      { name: '  without a session', value: before, unit: 'µs' },
    ];
  },
};

export const PARTS: readonly Part[] = [
  KNOWN_RATES,
  LEARNER,
  SESSION_LENGTHS,
  UNSEEN_WORLDS,
  NET_CELLS,
  STANDARD_COST,
  SPEED,
  STUCK,
  STUCK_UNSEEN,
];
