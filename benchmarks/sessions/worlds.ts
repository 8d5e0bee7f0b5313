/** Worlds of conversations and agents whose success rates are known: the listed ones, and random ones that nothing was tuned on. */
import type { Random } from '../../src/core/math/random.ts';
import { sigmoid } from '../../src/core/math/sigmoid.ts';
import type { Price } from '../../src/contracts/price.ts';
import { cacheTermsOf } from '../../src/prices/cache-terms.ts';
import { resolvePrice } from '../../src/prices/price-book.ts';

/** USD per token. */
export interface TokenRates {
  readonly input: number;
  readonly cacheRead: number;
  /** Price of prompt tokens that are not read from the cache, if the model charges for cache writes. */
  readonly write: number;
  readonly output: number;
}

export interface SessionModel {
  readonly name: string;
  readonly price: Price;
  readonly rates: TokenRates;
  readonly ttlMs: number;
  readonly minPrefix: number;
}

/** Properties of the intents of one feature. The lists are by model. */
export interface SessionFeature {
  readonly success: readonly number[];
  /** Mean requests of an intent. */
  readonly requests: readonly number[];
  /** Tokens that each request adds, and that each reply has. */
  readonly asked: number;
  readonly answered: number;
}

export interface SessionWorld {
  readonly name: string;
  readonly models: readonly SessionModel[];
  /** Tokens of instructions and documents with which a session begins. */
  readonly startTokens: number;
  readonly features: readonly SessionFeature[];
  /** P(the next intent is of the same feature); else it is of any other. */
  readonly persistence: number;
  /** Draws the number of intents of a session. */
  readonly length: (random: Random) => number;
  readonly gapMs: { readonly median: number; readonly sigma: number };
  /** Standard deviation of the part that all intents of a session share, in logits. */
  readonly sessionLogits: number;
  /** Failure cost as a multiple of an intent's cost if the last model serves whole sessions. */
  readonly failureMultiple: number;
}

const PICO = 1e12;
const AT_MS = Date.UTC(2026, 10, 1);

function model(provider: string, name: string): SessionModel {
  const price = resolvePrice({ provider, model: name });
  const rates = price.ratesAt(AT_MS)[0]?.rates;
  if (rates === undefined) throw new Error(`no price of ${provider}/${name}`);
  const { ttlMs, minTokens } = cacheTermsOf({ provider, model: name });
  const { input, output, cacheRead = input, cacheWrite5m = input } = rates;
  return {
    name,
    price,
    rates: { input: input / PICO, output: output / PICO, cacheRead: cacheRead / PICO, write: cacheWrite5m / PICO },
    ttlMs,
    minPrefix: minTokens,
  };
}

const HAIKU = model('anthropic', 'claude-haiku-4-5');
const SONNET = model('anthropic', 'claude-sonnet-4-5');
const OPUS = model('anthropic', 'claude-opus-4-5');
const ANTHROPIC = [HAIKU, SONNET] as const;
const GPT_5 = [model('openai', 'gpt-5-mini'), model('openai', 'gpt-5')] as const;
const GPT_4O = [model('openai', 'gpt-4o-mini'), model('openai', 'gpt-4o')];
const GPT_56 = [model('openai', 'gpt-5.6-luna'), model('openai', 'gpt-5.6-terra')];

/** Of a cheap model and an expensive one, by name. */
export const MODEL_PAIRS = [
  ['Claude', ANTHROPIC],
  ['GPT-5', GPT_5],
] as const;

const geometric =
  (mean: number) =>
  (random: Random): number =>
    1 + Math.floor(Math.log(1 - random.next()) / Math.log(1 - 1 / mean));
const fixed = (length: number) => (): number => length;

/** Most chats end after a few turns, and those that do not go on for long. */
function chatLength(random: Random): number {
  let length = 1;
  while (length < 60 && random.next() < 1 - 0.54 * length ** -0.42) length++;
  return length;
}

function chatting(success: readonly number[]): SessionFeature {
  return { success, requests: success.map(() => 1), asked: 250, answered: 350 };
}

function working(success: readonly number[], requests: readonly number[]): SessionFeature {
  return { success, requests, asked: 1500, answered: 250 };
}

const MIXED = [chatting([0.97, 0.98]), chatting([0.85, 0.93]), chatting([0.55, 0.88])];
const AGENTS = [working([0.93, 0.95], [5, 4]), working([0.75, 0.85], [10, 8]), working([0.35, 0.65], [20, 14])];

type Given = Omit<SessionWorld, 'failureMultiple' | 'sessionLogits' | 'gapMs'> & {
  readonly gapS: number;
  readonly sessionLogits?: number;
};

function world({ gapS, sessionLogits = 0, ...rest }: Given): Omit<SessionWorld, 'failureMultiple'> {
  return { ...rest, sessionLogits, gapMs: { median: gapS * 1000, sigma: 1 } };
}

const chatMixed = (name: string, models: readonly SessionModel[], more: Partial<Given> = {}) =>
  world({
    name,
    models,
    startTokens: 4000,
    features: MIXED,
    persistence: 0.5,
    length: geometric(6),
    gapS: 40,
    ...more,
  });

const LISTED = [
  world({
    name: 'chat',
    models: GPT_5,
    startTokens: 1500,
    features: [chatting([0.8, 0.92])],
    persistence: 1,
    length: chatLength,
    gapS: 40,
  }),
  chatMixed('chat mixed, Claude', ANTHROPIC),
  chatMixed('chat mixed, GPT-5', GPT_5),
  chatMixed('chat mixed, GPT-4o', GPT_4O),
  chatMixed('RAG', ANTHROPIC, { startTokens: 40_000 }),
  chatMixed('slow', ANTHROPIC, { startTokens: 10_000, gapS: 600 }),
  world({
    name: 'agent',
    models: ANTHROPIC,
    startTokens: 15_000,
    features: [working([0.6, 0.75], [16, 11])],
    persistence: 1,
    length: fixed(5),
    gapS: 60,
  }),
  world({
    name: 'agent mixed, Claude',
    models: ANTHROPIC,
    startTokens: 15_000,
    features: AGENTS,
    persistence: 0.6,
    length: fixed(8),
    gapS: 60,
  }),
  world({
    name: 'agent mixed, GPT-5.6',
    models: GPT_56,
    startTokens: 15_000,
    features: AGENTS,
    persistence: 0.6,
    length: fixed(8),
    gapS: 60,
  }),
  chatMixed('short steps', ANTHROPIC, { startTokens: 20_000, persistence: 0.6, length: fixed(30), gapS: 10 }),
  chatMixed('three models', [HAIKU, SONNET, OPUS], {
    features: [chatting([0.97, 0.98, 0.985]), chatting([0.85, 0.93, 0.95]), chatting([0.55, 0.88, 0.94])],
  }),
  chatMixed('bimodal', ANTHROPIC, { length: random => (random.next() < 0.8 ? 1 : 20) }),
  chatMixed('correlated', ANTHROPIC, { sessionLogits: 1.5 }),
];

export const FAILURE_MULTIPLES = [3, 20, 100] as const;

const atAllCosts = (worlds: readonly Omit<SessionWorld, 'failureMultiple'>[]): readonly SessionWorld[] =>
  worlds.flatMap(each =>
    FAILURE_MULTIPLES.map(failureMultiple => ({ ...each, name: `${each.name}, ${failureMultiple}×`, failureMultiple })),
  );

/** The 13 worlds at three failure costs each. */
export const WORLDS: readonly SessionWorld[] = atAllCosts(LISTED);

const documents = (name: string, length: Given['length'], more: Partial<Given> = {}) =>
  world({
    name,
    models: GPT_5,
    startTokens: 40_000,
    features: [{ success: [0.8, 0.98], requests: [1, 1], asked: 200, answered: 50 }],
    persistence: 1,
    length,
    gapS: 20,
    ...more,
  });

/** Long documents in sessions that end with a chance which changes from intent to intent. A rule may wrongly assume that it is constant. */
export const LENGTHS: readonly SessionWorld[] = atAllCosts([
  documents('always two', fixed(2)),
  documents('always five', fixed(5)),
  documents('always ten', fixed(10)),
  documents('always ten, Claude', fixed(10), { models: ANTHROPIC }),
  documents('one or twenty', random => (random.next() < 0.8 ? 1 : 20)),
  documents('two or twelve, Claude', random => (random.next() < 0.5 ? 2 : 12), { models: ANTHROPIC }),
  documents('any length', geometric(5)),
]);

/** A random number between the two, uniform on a logarithmic scale. */
function logUniform(random: Random, least: number, most: number): number {
  return least * (most / least) ** random.next();
}

export function randomSessionWorld(random: Random, name: string): SessionWorld {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(items.length * random.next())] as Item;
  const models = pick([ANTHROPIC, GPT_5, GPT_4O, GPT_56, [HAIKU, SONNET, OPUS]]);
  const isAgent = random.next() < 0.4;
  const features = Array.from({ length: 1 + Math.floor(4 * random.next()) }, (): SessionFeature => {
    let fail = logUniform(random, 0.02, 0.6);
    const success = models.map(() => {
      const now = 1 - fail;
      fail *= 0.3 + 0.75 * random.next();
      return now;
    });
    const requests = isAgent ? logUniform(random, 2, 20) : 1;
    return {
      success,
      requests: models.map((_, k) => Math.max(1, requests * (1 - 0.25 * k * random.next()))),
      asked: Math.round(isAgent ? logUniform(random, 300, 3000) : logUniform(random, 50, 1000)),
      answered: Math.round(logUniform(random, 100, 800)),
    };
  });
  const mean = logUniform(random, 1.5, 25);
  return {
    name,
    models,
    startTokens: Math.round(logUniform(random, 1000, 50_000)),
    features,
    persistence: 0.3 + 0.7 * random.next(),
    length: random.next() < 0.3 ? fixed(Math.round(mean)) : geometric(mean),
    gapMs: { median: 1000 * logUniform(random, 5, 900), sigma: 0.5 + random.next() },
    sessionLogits: random.next() < 0.3 ? 1.5 * random.next() : 0,
    failureMultiple: logUniform(random, 2, 150),
  };
}

/** P(success) in a session whose intents have something in common, so that the mean over all sessions is the feature's. */
export function successInSession(
  world: SessionWorld,
  { f, k, effect }: { readonly f: number; readonly k: number; readonly effect: number },
): number {
  const mean = world.features[f]?.success[k] as number;
  return world.sessionLogits === 0 ? mean : sigmoid(centre(mean, world.sessionLogits) + effect);
}

const centres = new Map<string, number>();

/** The logit around which sessions vary, by bisection. */
function centre(mean: number, sd: number): number {
  const key = `${mean} ${sd}`;
  const known = centres.get(key);
  if (known !== undefined) return known;
  let [low, high] = [-20, 20];
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (meanOver(middle, sd) < mean) low = middle;
    else high = middle;
  }
  centres.set(key, low);
  return low;
}

/** The mean of a logistic normal, from a grid of six standard deviations. */
function meanOver(logit: number, sd: number): number {
  let [sum, weights] = [0, 0];
  for (let z = -6; z <= 6; z += 0.05) {
    const weight = Math.exp((-z * z) / 2);
    sum += weight * sigmoid(logit + sd * z);
    weights += weight;
  }
  return sum / weights;
}
