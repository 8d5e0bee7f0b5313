/**
 * Choices with full knowledge of the world's rates: the router's rule, written a second time from its formulas; the market's
 * rules; and the best known choices.
 */
import type { Random } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { normal } from '../../src/core/math/samplers.ts';
import type { Caches, Held } from './cache.ts';
import { HIT_RATE, intentCost } from './cache.ts';
import type { SessionFeature, SessionModel, SessionWorld } from './worlds.ts';

/** The intents of one session: their requests, whatever the answers are. */
export interface Step {
  readonly feature: number;
  /** Time since the session's previous intent; 0 for the first. */
  readonly gapMs: number;
}

export function drawGap({ gapMs }: SessionWorld, random: Random): number {
  return gapMs.median * Math.exp(gapMs.sigma * normal(random));
}

function nextFeature({ features, persistence }: SessionWorld, last: number, random: Random): number {
  if (features.length === 1 || random.next() < persistence) return last;
  const other = Math.floor((features.length - 1) * random.next());
  return other < last ? other : other + 1;
}

export function drawSession(world: SessionWorld, random: Random): readonly Step[] {
  const steps: Step[] = [{ feature: Math.floor(world.features.length * random.next()), gapMs: 0 }];
  const length = world.length(random);
  while (steps.length < length) {
    const last = steps.at(-1) as Step;
    steps.push({ feature: nextFeature(world, last.feature, random), gapMs: drawGap(world, random) });
  }
  return steps;
}

/** The state of a session when its next intent is to be decided. */
export interface Moment {
  readonly world: SessionWorld;
  readonly feature: number;
  /** 1 for the first intent. */
  readonly age: number;
  readonly ms: number;
  /** Tokens of the conversation so far; the instructions alone before the first intent. */
  readonly context: number;
  readonly caches: Caches;
}

export type Chooser = (moment: Moment) => number;

export function failureUsd(world: SessionWorld): number {
  return world.failureMultiple * alwaysLastUsd(world);
}

const lastUsd = new WeakMap<SessionWorld, number>();

/** The cost of an intent if the last model serves whole sessions. */
function alwaysLastUsd(world: SessionWorld): number {
  const known = lastUsd.get(world);
  if (known !== undefined) return known;
  const last = world.models.length - 1;
  const random = seededRandom(`typical ${world.name}`);
  let [usd, intents] = [0, 0];
  for (let session = 0; session < 2000; session++) {
    const { spentUsd, count } = walk(world, drawSession(world, random), () => last);
    usd += spentUsd;
    intents += count;
  }
  lastUsd.set(world, usd / intents);
  return usd / intents;
}

/** Serves an intent: its expected cost, and the session after it. */
function serve(moment: Moment, choice: number): { usd: number; context: number; caches: Caches } {
  const { world, feature, context, caches, ms } = moment;
  const { requests, asked, answered } = world.features[feature] as SessionFeature;
  const work = { context, requests: requests[choice] as number, asked, answered, ms };
  const cost = intentCost(world.models[choice] as SessionModel, caches[choice], work);
  return { usd: cost.usd, context: cost.context, caches: caches.with(choice, cost.held) };
}

interface Walked {
  readonly spentUsd: number;
  readonly failures: number;
  readonly count: number;
  /** Model spend and failure costs. */
  readonly usd: number;
}

/** One whole session, each intent at its expected cost. */
export function walk(world: SessionWorld, steps: readonly Step[], choose: Chooser): Walked {
  let moment: Moment = {
    world,
    feature: 0,
    age: 0,
    ms: 0,
    context: world.startTokens,
    caches: world.models.map(() => undefined as Held | undefined),
  };
  let [spentUsd, failures] = [0, 0];
  for (const { feature, gapMs } of steps) {
    moment = { ...moment, feature, age: moment.age + 1, ms: moment.ms + gapMs };
    const choice = choose(moment);
    const { usd, context, caches } = serve(moment, choice);
    spentUsd += usd;
    failures += 1 - (world.features[feature]?.success[choice] as number);
    moment = { ...moment, context, caches };
  }
  return {
    spentUsd,
    failures,
    count: steps.length,
    usd: spentUsd + (lastUsd.has(world) ? failureUsd(world) * failures : 0),
  };
}

/** What the rule knows of a world: the intents that follow by feature and number, and the net cost of an intent by feature and model. */
interface Known {
  readonly ahead: readonly (readonly number[])[];
  readonly netUsd: readonly (readonly number[])[];
}

/**
 * Of many sessions, by feature and number in the session: from an intent on, how many are of the feature and come before the cache dies,
 * the intent itself included.
 */
function countAhead(world: SessionWorld, sessions = 8000): readonly (readonly number[])[] {
  const random = seededRandom(`returns ${world.name}`);
  const counts = world.features.map(() => [] as { n: number; ahead: number }[]);
  const ttlMs = Math.min(...world.models.map(each => each.ttlMs));
  for (let session = 0; session < sessions; session++) {
    const steps = drawSession(world, random);
    let ahead = 0;
    for (const [index, { feature }] of [...steps.entries()].toReversed()) {
      const next = steps[index + 1];
      ahead = next?.feature === feature && next.gapMs < ttlMs ? ahead + 1 : 1;
      const count = ((counts[feature] as { n: number; ahead: number }[])[index] ??= { n: 0, ahead: 0 });
      count.n++;
      count.ahead += ahead;
    }
  }
  return counts.map(numbers => Array.from(numbers, count => (count === undefined ? 1 : count.ahead / count.n)));
}

function known(world: SessionWorld): Known {
  const netUsd = world.features.map(({ requests, asked, answered }) =>
    world.models.map((model, k) => {
      // The same intent with and without a prefix that is in the cache for certain.
      const at = { requests: requests[k] as number, asked, answered, ms: 0 };
      return intentCost(model, undefined, { context: 0, ...at }).usd;
    }),
  );
  return { ahead: countAhead(world), netUsd };
}

export interface RuleOptions {
  /** Counts the whole cost of entering a model at once. */
  readonly atOnce?: boolean;
}

/** The rule: `C_net + X + H·P(failure)`, with X from the caches, spread over the intents that are expected to follow. */
export function ruleChooser(world: SessionWorld, { atOnce = false }: RuleOptions = {}): Chooser {
  const { ahead, netUsd } = known(world);
  const failure = failureUsd(world);
  return ({ feature, age, ms, context, caches }) => {
    const { requests, success } = world.features[feature] as SessionFeature;
    const once = atOnce ? 1 : 1 / (ahead[feature]?.[age - 1] ?? 1);
    let [best, least] = [0, Infinity];
    for (const [k, { rates, ttlMs, minPrefix }] of world.models.entries()) {
      const held = caches[k];
      const common = held !== undefined && ms - held.atMs < ttlMs ? Math.min(held.tokens, context) : 0;
      const cached = common >= minPrefix ? HIT_RATE * common : 0;
      const warm = context * (HIT_RATE * rates.cacheRead + (1 - HIT_RATE) * rates.write);
      const entry = cached * rates.cacheRead + (context - cached) * rates.write;
      const extra = once * entry + (1 - once) * warm + ((requests[k] as number) - 1) * warm;
      const score = (netUsd[feature]?.[k] as number) + extra + failure * (1 - (success[k] as number));
      if (score < least) [best, least] = [k, score];
    }
    return best;
  };
}

/** Every intent of a session goes to the model of its first. */
export function pinned(choose: Chooser): Chooser {
  let pin = 0;
  return moment => (moment.age === 1 ? (pin = choose(moment)) : pin);
}

/** The best of the choices that depend on the feature alone. */
export function bestByFeature(world: SessionWorld, sessions: readonly (readonly Step[])[]): Chooser {
  const choices = world.features.map(() => world.models.length - 1);
  const usd = (): number =>
    sessions.reduce((sum, steps) => sum + walk(world, steps, m => choices[m.feature] as number).usd, 0);
  let least = usd();
  for (let round = 0; round < 3; round++) {
    for (const feature of choices.keys()) {
      for (const k of world.models.keys()) {
        const before = choices[feature] as number;
        choices[feature] = k;
        const now = usd();
        if (now < least) least = now;
        else choices[feature] = before;
      }
    }
  }
  return ({ feature }) => choices[feature] as number;
}

const ROLLOUTS = 96;

/**
 * Improves another choice by one step: simulates it many times after each possible model, and chooses the best model if it is
 * better with certainty.
 */
export function improved(world: SessionWorld, base: Chooser, seed: string): Chooser {
  const random = seededRandom(`rollouts ${seed}`);
  const failure = failureUsd(world);
  const lengths = Array.from({ length: 4000 }, () => world.length(random));
  const longer = Array.from({ length: Math.max(...lengths) + 1 }, (_, age) => lengths.filter(length => length >= age));
  return moment => {
    const usual = base(moment);
    const long = longer[moment.age] ?? [];
    const totals = world.models.map(() => [] as number[]);
    const after = world.models.map((_, k) => ({ ...moment, ...serve(moment, k) }));
    const now = world.models.map(
      (_, k) => (after[k]?.usd as number) + failure * (1 - (world.features[moment.feature]?.success[k] as number)),
    );
    for (let rollout = 0; rollout < ROLLOUTS; rollout++) {
      const left = (long[Math.floor(long.length * random.next())] ?? moment.age) - moment.age;
      const steps: Step[] = [];
      let feature = moment.feature;
      for (let step = 0; step < left; step++) {
        feature = nextFeature(world, feature, random);
        steps.push({ feature, gapMs: drawGap(world, random) });
      }
      for (const k of world.models.keys())
        totals[k]?.push((now[k] as number) + follow(after[k] as Moment, steps, base, failure));
    }
    return best(totals, usual);
  };
}

function follow(from: Moment, steps: readonly Step[], choose: Chooser, failure: number): number {
  let [moment, usd] = [from, 0];
  for (const { feature, gapMs } of steps) {
    moment = { ...moment, feature, age: moment.age + 1, ms: moment.ms + gapMs };
    const choice = choose(moment);
    const served = serve(moment, choice);
    usd += served.usd + failure * (1 - (moment.world.features[feature]?.success[choice] as number));
    moment = { ...moment, ...served };
  }
  return usd;
}

/** The model whose mean difference from the usual one is below 0 by more than its standard error. */
function best(totals: readonly (readonly number[])[], usual: number): number {
  let [choice, least] = [usual, 0];
  for (const [k, list] of totals.entries()) {
    if (k === usual) continue;
    const differences = list.map((usd, index) => usd - (totals[usual]?.[index] as number));
    const mean = differences.reduce((sum, x) => sum + x, 0) / differences.length;
    const variance = differences.reduce((sum, x) => sum + (x - mean) ** 2, 0) / differences.length;
    if (mean < least && mean < -Math.sqrt(variance / differences.length)) [choice, least] = [k, mean];
  }
  return choice;
}
