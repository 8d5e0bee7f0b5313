/** Worlds of agents that get stuck: what an intent costs and whether it succeeds, with each model and where it climbs at an alarm. */
import type { Random, SeededRandom } from '../../src/core/math/random.ts';
import { seededRandom } from '../../src/core/math/random.ts';
import { lognormalVariate } from '../../src/core/math/samplers.ts';
import type { Held } from './cache.ts';
import { HIT_RATE, promptOf, promptUsd } from './cache.ts';
import type { SessionModel } from './worlds.ts';
import { MODEL_PAIRS } from './worlds.ts';

export interface StuckWorld {
  readonly name: string;
  /** A cheap model, and one that is expensive. */
  readonly models: readonly [SessionModel, SessionModel];
  /** Tokens of instructions and files that every request sends, and that each request adds. */
  readonly startTokens: number;
  readonly asked: number;
  readonly answered: number;
  /** P(success) of each model that is asked first and never interrupted. */
  readonly success: readonly [number, number];
  /** Mean requests of an intent that is not stuck. */
  readonly requests: readonly [number, number];
  /** P(alarm) of an intent that the cheap model fails, and of one that it solves. */
  readonly detected: number;
  readonly falseAlarms: number;
  /** Mean requests of a stuck intent after its alarm, until it gives up or finds its way, and P(it does). */
  readonly stuckRequests: number;
  readonly recovers: number;
  /** P(success) of the expensive model that takes over: of a stuck intent, and of one that was not. */
  readonly takesOver: readonly [number, number];
  /** Mean requests after it has taken over. */
  readonly takeoverRequests: number;
  /** Failure cost as a multiple of what an intent costs with the expensive model. */
  readonly failureMultiple: number;
}

/** A stretch of an intent with one model, from its beginning or from its alarm to its end or its alarm. */
export interface Stretch {
  readonly model: 0 | 1;
  readonly requests: number;
  readonly usd: number;
}

export interface StuckIntent {
  readonly stretches: readonly Stretch[];
  readonly succeeded: boolean;
}

/** `cheap` and `climb` differ only after an alarm. */
export const STUCK_PLANS = ['cheap', 'climb', 'expensive'] as const;
export type StuckPlan = (typeof STUCK_PLANS)[number];

/** No alarm is counted before this request. */
const FIRST_ALARM = 3;
/** Mean requests to the alarm. */
const ALARM_AT = 7;
/** An intent ends after this many requests, as agents' own limits do it. */
const MAX_REQUESTS = 60;

export function drawIntent(world: StuckWorld, plan: StuckPlan, random: Random): StuckIntent {
  const session = { tokens: world.startTokens, held: [undefined, undefined] as [Held | undefined, Held | undefined] };
  const stretch = (model: 0 | 1, requests: number): Stretch => {
    let usd = 0;
    for (let left = requests; left > 0; left--) {
      const priced = world.models[model];
      const tokens = session.tokens + Math.ceil(lognormalVariate(world.asked, 0.5, random));
      const answered = Math.ceil(lognormalVariate(world.answered, 0.5, random));
      const held = random.next() < HIT_RATE ? session.held[model] : undefined;
      usd += promptUsd(priced, promptOf(priced, held, { shared: session.tokens, tokens, ms: 0 }));
      usd += answered * priced.rates.output;
      session.held[model] = { tokens, atMs: 0 };
      session.tokens = tokens + answered;
    }
    return { model, requests, usd };
  };
  const first = plan === 'expensive' ? 1 : 0;
  const solves = random.next() < world.success[first];
  const isAlarmed = first === 0 && random.next() < (solves ? world.falseAlarms : world.detected);
  if (!isAlarmed) return { stretches: [stretch(first, around(world.requests[first], random))], succeeded: solves };
  const before = stretch(0, FIRST_ALARM - 1 + around(ALARM_AT - FIRST_ALARM + 1, random));
  if (plan === 'climb') {
    const after = stretch(1, around(world.takeoverRequests, random));
    return { stretches: [before, after], succeeded: random.next() < world.takesOver[solves ? 1 : 0] };
  }
  const more = solves ? Math.max(1, world.requests[0] - before.requests) : world.stuckRequests;
  const after = stretch(0, around(more, random));
  return { stretches: [before, after], succeeded: solves || random.next() < world.recovers };
}

/** At least 1; geometric, because agents' runs are of very different lengths. */
function around(mean: number, random: Random): number {
  if (mean <= 1) return 1;
  return Math.min(MAX_REQUESTS, 1 + Math.floor(Math.log(1 - random.next()) / Math.log(1 - 1 / mean)));
}

/** What a plan costs, as the mean over many intents. */
export interface StuckCosts {
  readonly spentUsd: number;
  readonly fail: number;
}

const INTENTS = 20_000;

const known = new Map<string, Readonly<Record<StuckPlan, StuckCosts>>>();

export function costsOf(world: StuckWorld): Readonly<Record<StuckPlan, StuckCosts>> {
  const before = known.get(world.name);
  if (before !== undefined) return before;
  const entries = STUCK_PLANS.map((plan): [StuckPlan, StuckCosts] => {
    const random = seededRandom(`truth ${world.name} ${plan}`);
    let [spent, failures] = [0, 0];
    for (let i = 0; i < INTENTS; i++) {
      const { stretches, succeeded } = drawIntent(world, plan, random);
      for (const { usd } of stretches) spent += usd;
      if (!succeeded) failures++;
    }
    return [plan, { spentUsd: spent / INTENTS, fail: failures / INTENTS }];
  });
  const costs = Object.fromEntries(entries) as Record<StuckPlan, StuckCosts>;
  known.set(world.name, costs);
  return costs;
}

export function failureUsdOf(world: StuckWorld): number {
  return world.failureMultiple * costsOf(world).expensive.spentUsd;
}

/** Cost per intent of each plan: model spend and failure cost. */
export function costPerIntentOf(world: StuckWorld): Readonly<Record<StuckPlan, number>> {
  const costs = costsOf(world);
  const usd = (plan: StuckPlan): number => costs[plan].spentUsd + failureUsdOf(world) * costs[plan].fail;
  return { cheap: usd('cheap'), climb: usd('climb'), expensive: usd('expensive') };
}

type Given = Partial<Omit<StuckWorld, 'name' | 'models' | 'failureMultiple'>>;

const CODING = {
  startTokens: 15_000,
  asked: 1500,
  answered: 250,
  success: [0.7, 0.85],
  requests: [14, 10],
  detected: 0.8,
  falseAlarms: 0.05,
  stuckRequests: 18,
  recovers: 0.1,
  takesOver: [0.6, 0.9],
  takeoverRequests: 8,
} as const satisfies Given;

/** Differences from coding agents. */
const LISTED: readonly (readonly [name: string, given: Given])[] = [
  ['coding', {}],
  ['weak signals', { detected: 0.4, falseAlarms: 0.15 }],
  ['bad handoff', { takesOver: [0.2, 0.6], takeoverRequests: 14 }],
  ['long context', { startTokens: 60_000 }],
  ['stuck for long', { stuckRequests: 35, recovers: 0.05 }],
  ['hard tasks', { success: [0.35, 0.7], takesOver: [0.5, 0.8] }],
  ['easy tasks', { success: [0.94, 0.97], recovers: 0.3 }],
  ['recovers by itself', { recovers: 0.6, stuckRequests: 6 }],
];

const MULTIPLES = [1, 5, 25] as const;

export const STUCK_WORLDS: readonly StuckWorld[] = MODEL_PAIRS.flatMap(([pair, models]) =>
  LISTED.flatMap(([name, given]) =>
    MULTIPLES.map(failureMultiple => ({
      ...CODING,
      ...given,
      models,
      name: `${name}, ${pair}, ${failureMultiple}×`,
      failureMultiple,
    })),
  ),
);

/** A random world, on which nothing was tuned. */
export function randomStuckWorld(random: SeededRandom, name: string): StuckWorld {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(items.length * random.next())] as Item;
  const between = (low: number, high: number): number => low + (high - low) * random.next();
  const logBetween = (low: number, high: number): number => low * (high / low) ** random.next();
  const cheap = between(0.3, 0.95);
  const expensive = cheap + (1 - cheap) * between(0.1, 0.8);
  const stuck = expensive * between(0.2, 0.95);
  return {
    name,
    models: pick(MODEL_PAIRS)[1],
    startTokens: Math.round(logBetween(4000, 80_000)),
    asked: Math.round(logBetween(300, 3000)),
    answered: Math.round(logBetween(100, 800)),
    success: [cheap, expensive],
    requests: [logBetween(5, 25), logBetween(4, 20)],
    detected: between(0.2, 0.95),
    falseAlarms: between(0, 0.3),
    stuckRequests: logBetween(3, 40),
    recovers: between(0, 0.6),
    takesOver: [stuck, between(stuck, 1)],
    takeoverRequests: logBetween(3, 20),
    failureMultiple: logBetween(0.5, 60),
  };
}
